/* ETERM is a sum of macros, which Swift does not see. */
#ifndef CRS_ZMQ_SHIM_H
#define CRS_ZMQ_SHIM_H
#include <zmq.h>
static const int crs_zmq_ended = ETERM;
#endif
