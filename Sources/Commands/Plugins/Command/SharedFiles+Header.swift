// Made by scripts/plugin-templates from share/; do not edit.

extension SharedFiles {
  package static let header = ##"""
    /* crs_plugin.h: commands for crs in C. Protocol 1. See docs/plugins.md.
     *
     * A library exports crs_plugin_v1, which crs calls once, before the first command of the library runs. All strings are
     * UTF-8 and belong to who gives them until the call returns. Structures begin with their size; a field counts only when
     * the size covers it, and fields are only ever added at the end.
     */
    #ifndef CRS_PLUGIN_H
    #define CRS_PLUGIN_H

    #include <stddef.h>
    #include <stdint.h>

    #ifdef __cplusplus
    extern "C" {
    #endif

    #define CRS_PLUGIN_PROTOCOL 1

    /* One call of a command; only for the functions of crs_host, only until run returns. */
    typedef struct crs_call crs_call;

    /* What crs offers. Functions with a name give 0 where there is no such argument, or it is of another kind. */
    typedef struct crs_host {
      size_t size;
      uint32_t protocol;
      const char *version; /* of crs */

      /* The command that is called, and how many threads it may use. */
      const char *(*command)(const crs_call *call);
      int (*threads)(const crs_call *call);

      /* Arguments, by their kinds in plugin.json: number gives those of kind number and integer, integer those of kind
       * integer and flag (0 or 1); text those of kind text, word and file (an absolute path); list those of kind list, when
       * all are numbers, and section [x1, x2, y1, y2]. An argument of kind any goes by what it is. 1 or not NULL when there
       * is one; an argument that is none (null) is not there. */
      int (*number)(const crs_call *call, const char *name, double *value);
      int (*integer)(const crs_call *call, const char *name, int64_t *value);
      const char *(*text)(const crs_call *call, const char *name);
      const double *(*list)(const crs_call *call, const char *name, size_t *count);

      /* The pixels of an image, row after row, x (NAXIS1) fastest; they must not be changed. A stack has several
       * exposures, counted from 0; an image has one. NULL where there is none. */
      size_t (*exposures)(const crs_call *call, const char *name);
      const float *(*pixels)(const crs_call *call, const char *name, size_t exposure, size_t *width, size_t *height);
      /* A byte a pixel, 1 where it is flagged: of an image or exposure that has a mask, or the argument that is one. */
      const uint8_t *(*mask)(const crs_call *call, const char *name, size_t exposure, size_t *width, size_t *height);
      /* Standard deviations, NaN where they are not known. */
      const float *(*uncertainty)(const crs_call *call, const char *name, size_t exposure);
      /* The value of a header card as text without quotes. */
      const char *(*header)(const crs_call *call, const char *name, size_t exposure, const char *keyword);

      /* Results, by the names that plugin.json declares, each once. The buffers hold width * height pixels and are to be
       * filled; NULL when there is no such result, or not enough memory. An image result has a mask when it is asked for. */
      float *(*result_image)(const crs_call *call, const char *name, size_t width, size_t height);
      uint8_t *(*result_mask)(const crs_call *call, const char *name, size_t width, size_t height);
      int (*result_number)(const crs_call *call, const char *name, double value);
      int (*result_integer)(const crs_call *call, const char *name, int64_t value);
      int (*result_text)(const crs_call *call, const char *name, const char *text);

      /* Ends the call with an error when run returns: return what fail gives. NULL for what is not to be said. */
      int (*fail)(const crs_call *call, const char *message, const char *parameter, const char *expected,
                  const char *hint);

      /* From any thread: a line of the report, a note, how far the work is (0 to 1), whether the user wants it to end. */
      void (*report)(const crs_call *call, const char *line);
      void (*note)(const crs_call *call, const char *line);
      void (*progress)(const crs_call *call, double fraction, const char *stage);
      int (*should_stop)(const crs_call *call);

      /* Since crs 0.2; look whether size covers it. Standard deviations of an image result, after its result_image; as many
       * as pixels, NaN where they are not known. NULL as there. */
      float *(*result_uncertainty)(const crs_call *call, const char *name);
    } crs_host;

    /* What the library fills in. */
    typedef struct crs_plugin {
      size_t size;
      uint32_t protocol;
      void *self; /* handed to run */
      /* Runs a command: 0 when all results are there. One call at a time, not on the main thread; exceptions must not leave
       * it. After should_stop it may return anything. */
      int (*run)(void *self, const crs_call *call);
    } crs_plugin;

    /* 0 when the library can be used. `host` stays valid as long as the program runs. */
    int crs_plugin_v1(const crs_host *host, crs_plugin *plugin);

    #ifdef __cplusplus
    }
    #endif
    #endif
    """## + "\n"
}
