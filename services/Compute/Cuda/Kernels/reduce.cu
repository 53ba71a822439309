#include "kernel.h"

constexpr u32 Block = 4096;
constexpr u32 Lanes = 32;
constexpr u32 Groups = 8;

// sums[b] = sum of elements [4096 b, 4096 (b + 1)): element i of them goes to accumulator i mod 32, in order from 0; the
// accumulators are added by halves. Block: 256 threads, 32 for each of 8 blocks of elements.
//
// A thread reads 512 bytes, neighbouring threads neighbouring floats, for 128 dependent additions: memory bandwidth bounds
// it where there are elements enough for all multiprocessors.
KERNEL void reduce_sum(const float* a, u32 length, float* sums) {
    SHARED float accumulators[Groups][Lanes];
    u32 lane = thread_x % Lanes, group = thread_x / Lanes;
    u64 begin = ((u64)block_x * Groups + group) * Block;
    u64 end = begin + Block < length ? begin + Block : length;

    float sum = 0.0f;
    for (u64 i = begin + lane; i < end; i += Lanes) sum += a[i];
    accumulators[group][lane] = sum;
    barrier();

    for (u32 half = Lanes / 2; half > 0; half /= 2) {
        if (lane < half) accumulators[group][lane] += accumulators[group][lane + half];
        barrier();
    }
    if (lane == 0 && begin < length) sums[begin / Block] = accumulators[group][0];
}
