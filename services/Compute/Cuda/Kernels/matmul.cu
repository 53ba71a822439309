#include "product.h"

// C = op(A) op(B); product.h has the order of accumulation, the tiles and what bounds it.

struct StoreC {
    float* c;
    int n;
    DEVICE void operator()(int row, int column, float value) const { c[row * n + column] = value; }
};

KERNEL void matmul_nn(int m, int n, int k, const float* a, const float* b, float* c) {
    product<false, false>(m, n, k, a, b, StoreC{c, n});
}

KERNEL void matmul_tn(int m, int n, int k, const float* a, const float* b, float* c) {
    product<true, false>(m, n, k, a, b, StoreC{c, n});
}

KERNEL void matmul_nt(int m, int n, int k, const float* a, const float* b, float* c) {
    product<false, true>(m, n, k, a, b, StoreC{c, n});
}

KERNEL void matmul_tt(int m, int n, int k, const float* a, const float* b, float* c) {
    product<true, true>(m, n, k, a, b, StoreC{c, n});
}
