/* Cairo, and the fontconfig beneath it, import as they are. */
#ifndef CRS_CAIRO_SHIM_H
#define CRS_CAIRO_SHIM_H
#include <cairo.h>
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <fontconfig/fontconfig.h>
#endif
