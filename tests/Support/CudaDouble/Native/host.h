// What kernel.h asks of a compiler, for the host: a kernel is a function, and its place in the grid is a variable.
// Compiled with -ffp-contract=off and fused multiply-adds of the processor, every operation rounds as on a GPU.
#pragma once
#include <cmath>

#define DEVICE inline __attribute__((always_inline))
#define KERNEL extern "C"
#define UNROLL

// Shared memory: one block runs at a time, on threads of its own in the search for races, else on one thread.
#if defined(BLOCK_ON_THREADS)
#define SHARED static
#else
#define SHARED static thread_local
#endif

struct Place {
    unsigned thread, block_x, block_y, block_size, grid_size;
};
inline thread_local Place place;
#define thread_x (place.thread)
#define block_x (place.block_x)
#define block_y (place.block_y)
#define block_size (place.block_size)
#define grid_size (place.grid_size)

void barrier();

DEVICE void atomic_add(unsigned long long* target, unsigned long long value) {
    __atomic_fetch_add(target, value, __ATOMIC_RELAXED);
}
DEVICE unsigned high_product(unsigned a, unsigned b) { return (unsigned)((unsigned long long)a * b >> 32); }
DEVICE float sqrt_rn(float a) { return std::sqrt(a); }
DEVICE double sqrt_rn(double a) { return std::sqrt(a); }
DEVICE float divide(float a, float b) { return a / b; }
DEVICE double divide(double a, double b) { return a / b; }
