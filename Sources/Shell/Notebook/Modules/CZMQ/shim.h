/* The library, and a descriptor that wakes a thread which waits at its sockets. */
#ifndef CRS_ZMQ_SHIM_H
#define CRS_ZMQ_SHIM_H
#include <sys/eventfd.h>
#include <zmq.h>
static inline int crs_waker(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
#endif
