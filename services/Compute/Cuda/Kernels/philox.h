// Philox4x32-10 of Salmon et al. (2011), as Cluster.Compute.Philox.Philox4x32 defines it.
#pragma once
#include "kernel.h"

struct Words {
    u32 w0, w1, w2, w3;
};

// The block of the counter (low index, high index, word2, 0) under the key (low seed, high seed): 40 multiplications (20
// where the driver's compiler joins both halves of a product), 40 exclusive ors and 18 additions, no memory.
DEVICE Words philox(u64 index, u32 word2, u64 seed) {
    u32 c0 = (u32)index, c1 = (u32)(index >> 32), c2 = word2, c3 = 0;
    u32 key0 = (u32)seed, key1 = (u32)(seed >> 32);
    UNROLL
    for (int round = 0; round < 10; round++) {
        u32 high0 = high_product(0xD2511F53u, c0), low0 = 0xD2511F53u * c0;
        u32 high1 = high_product(0xCD9E8D57u, c2), low1 = 0xCD9E8D57u * c2;
        c0 = high1 ^ c1 ^ key0;
        c2 = high0 ^ c3 ^ key1;
        c1 = low1;
        c3 = low0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return {c0, c1, c2, c3};
}
