/* Cairo imports as it is. */
#ifndef CRS_CAIRO_SHIM_H
#define CRS_CAIRO_SHIM_H
#include <cairo.h>
#include <cairo-pdf.h>
#endif
