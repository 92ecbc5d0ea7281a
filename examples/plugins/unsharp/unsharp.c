/* The command unsharp of crs: image - amount * (mean of a box around each pixel).
 *
 * Sums of the columns of a box go down with it, so the time does not depend on its size. */
#include "crs_plugin.h"

#include <math.h>
#include <stdlib.h>

static const crs_host *host;

typedef struct {
  double sum;
  long count;
} part;

static void add(part *columns, const float *row, const uint8_t *mask, size_t width, int sign) {
  for (size_t x = 0; x < width; x++) {
    if (!isfinite(row[x]) || (mask && mask[x])) continue;
    columns[x].sum += sign * (double)row[x];
    columns[x].count += sign;
  }
}

static int run(void *self, const crs_call *call) {
  (void)self;
  size_t width = 0, height = 0;
  int64_t size = 9;
  double amount = 1;
  const float *in = host->pixels(call, "image", 0, &width, &height);
  const uint8_t *mask = host->mask(call, "image", 0, NULL, NULL);
  host->integer(call, "size", &size);
  host->number(call, "amount", &amount);
  if (size % 2 == 0) return host->fail(call, "the size is even", "size", "an odd number", NULL);
  float *out = host->result_image(call, "sharp", width, height);
  part *columns = calloc(width, sizeof *columns);
  if (!in || !out || !columns) {
    free(columns);
    return host->fail(call, "there is not enough memory", NULL, NULL, NULL);
  }
  const size_t half = (size_t)(size / 2);
  for (size_t y = 0; y < height && y < half; y++) add(columns, in + y * width, mask ? mask + y * width : NULL, width, 1);
  for (size_t y = 0; y < height; y++) {
    if (y % 64 == 0) {
      if (host->should_stop(call)) break;
      host->progress(call, (double)y / (double)height, "unsharp");
    }
    if (y + half < height) {
      const size_t below = (y + half) * width;
      add(columns, in + below, mask ? mask + below : NULL, width, 1);
    }
    if (y > half) {
      const size_t above = (y - half - 1) * width;
      add(columns, in + above, mask ? mask + above : NULL, width, -1);
    }
    part box = {0, 0};
    for (size_t x = 0; x < width && x < half; x++) {
      box.sum += columns[x].sum;
      box.count += columns[x].count;
    }
    for (size_t x = 0; x < width; x++) {
      if (x + half < width) {
        box.sum += columns[x + half].sum;
        box.count += columns[x + half].count;
      }
      if (x > half) {
        box.sum -= columns[x - half - 1].sum;
        box.count -= columns[x - half - 1].count;
      }
      const double mean = box.count > 0 ? box.sum / (double)box.count : 0;
      out[y * width + x] = (float)(in[y * width + x] - amount * mean);
    }
  }
  free(columns);
  return 0;
}

int crs_plugin_v1(const crs_host *given, crs_plugin *plugin) {
  if (given->protocol < CRS_PLUGIN_PROTOCOL) return 1;
  host = given;
  plugin->protocol = CRS_PLUGIN_PROTOCOL;
  plugin->run = run;
  return 0;
}
