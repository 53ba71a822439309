#include "philox.h"

// 1 for a point of the square [0, 2^32)^2 inside the quarter circle: x*x + y*y does not carry out of 64 bits.
DEVICE u32 inside(u32 x, u32 y) {
    u64 xx = (u64)x * x;
    return xx + (u64)y * y >= xx;
}

// counts[r] += points inside among the two of each Philox block of range r = block_y, which is [from + r*blocks, one range
// further or to). The counts are 0 before. Grid: x blocks share a range, y ranges; block: any multiple of 32 threads.
//
// A thread reads nothing and does about 110 integer operations for a Philox block, 44 of them multiplications: the
// multiplier bounds it. A block adds once to memory, 8 bytes, so that atomic additions do not queue up.
KERNEL void pi_counts(u64* counts, u64 from, u64 to, u64 blocks, u64 seed) {
    SHARED u64 sum;
    if (thread_x == 0) sum = 0;
    barrier();

    u64 begin = from + block_y * blocks;
    u64 count = to - begin < blocks ? to - begin : blocks;
    u64 mine = 0;
    for (u64 i = first_index(); i < count; i += index_stride()) {
        Words w = philox(begin + i, 0, seed);
        mine += inside(w.w0, w.w1) + inside(w.w2, w.w3);
    }
    atomic_add(&sum, mine);
    barrier();

    if (thread_x == 0) atomic_add(&counts[block_y], sum);
}
