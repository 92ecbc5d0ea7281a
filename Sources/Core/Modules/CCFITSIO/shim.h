/* cfitsio's long names are macros, which Swift does not import: each wrapper below is one that we call. */
#ifndef CRS_CFITSIO_SHIM_H
#define CRS_CFITSIO_SHIM_H
#include <fitsio.h>
#endif
