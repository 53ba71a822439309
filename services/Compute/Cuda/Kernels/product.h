// The matrix product that matmul.cu and dense.cu share.
#pragma once
#include "kernel.h"

constexpr int Side = 64;     // rows and columns of C that a block computes
constexpr int Depth = 16;    // of the dot products, in shared memory at a time
constexpr int Threads = 256; // a block, as 16 x 16
constexpr int Each = 4;      // rows and columns of C that a thread computes, 16 apart

// C (m x n) = op(A) (m x k) op(B) (k x n), row-major; a transposed operand is stored the other way round. Each element is
// one fma chain over k from 0 up, whatever the tiles: store(row, column, chain) gets it. Grid: a block for each tile of C,
// row by row.
//
// For each k a thread reads 8 floats from shared memory (4 of them the same for 16 threads) and does 16 fused
// multiply-adds; for each tile of depth 16 it reads 8 floats from memory, 32 bytes for 512 operations: the multiply-adds
// bound it, then shared memory. A row of the first tile is padded by one float so that threads that write a column of
// it write to different banks. A last tile of less depth is not filled up with zeros: -0 + 0 is not -0.
template <bool TransposeA, bool TransposeB, class Store>
DEVICE void product(int m, int n, int k, const float* a, const float* b, Store store) {
    SHARED float tile_a[Depth][Side + 1], tile_b[Depth][Side + 1];
    int tiles = (n + Side - 1) / Side;
    int row0 = (int)(block_x / tiles) * Side, column0 = (int)(block_x % tiles) * Side;
    int x = thread_x % 16, y = thread_x / 16;

    float c[Each][Each] = {};
    for (int t = 0; t < k; t += Depth) {
        UNROLL
        for (int i = 0; i < Side * Depth / Threads; i++) {
            int e = (int)thread_x + i * Threads;
            int ka = TransposeA ? e / Side : e % Depth, ra = TransposeA ? e % Side : e / Depth;
            if (row0 + ra < m && t + ka < k)
                tile_a[ka][ra] = a[TransposeA ? (t + ka) * m + row0 + ra : (row0 + ra) * k + t + ka];
            int kb = TransposeB ? e % Depth : e / Side, cb = TransposeB ? e / Depth : e % Side;
            if (column0 + cb < n && t + kb < k)
                tile_b[kb][cb] = b[TransposeB ? (column0 + cb) * k + t + kb : (t + kb) * n + column0 + cb];
        }
        barrier();

        int depth = k - t < Depth ? k - t : Depth;
        for (int kk = 0; kk < depth; kk++) {
            float fa[Each], fb[Each];
            UNROLL
            for (int i = 0; i < Each; i++) {
                fa[i] = tile_a[kk][y + 16 * i];
                fb[i] = tile_b[kk][x + 16 * i];
            }
            UNROLL
            for (int i = 0; i < Each; i++) {
                UNROLL
                for (int j = 0; j < Each; j++) c[i][j] = fused(fa[i], fb[j], c[i][j]);
            }
        }
        barrier();
    }

    UNROLL
    for (int i = 0; i < Each; i++) {
        UNROLL
        for (int j = 0; j < Each; j++) {
            int row = row0 + y + 16 * i, column = column0 + x + 16 * j;
            if (row < m && column < n) store(row, column, c[i][j]);
        }
    }
}
