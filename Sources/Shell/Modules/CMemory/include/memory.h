#ifndef CRS_MEMORY_H
#define CRS_MEMORY_H

/// Blocks of this size and above go back to the system as soon as they are freed; smaller ones stay with the program until
/// it gives back what is free (`Memory.returningFreed`). By default the limit grows with use.
void crs_return_blocks_above(int bytes);

/// Keeps a part of the address space aside where it is limited (ulimit -v). When an allocation fails the part is given
/// up, so that it succeeds after all, and `tell` is called, from any thread: what runs should come to its end soon.
void crs_keep_reserve(void (*tell)(void));

#endif
