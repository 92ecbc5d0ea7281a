/* el_set, el_get and history are variadic, which Swift cannot call: one wrapper for each operation that we use. */
#ifndef CRS_EDITLINE_SHIM_H
#define CRS_EDITLINE_SHIM_H
#include <histedit.h>
#endif
