// The functions of cuBLAS that the fast mode uses, for the test double: by columns, as cuBLAS reads, and summed in double
// precision, so that the bits are not those of the kernels. Included by driver.cpp.
#pragma once

namespace {
struct CublasHandle {
    Stream* stream;
};
}

API cublasCreate_v2(void** handle) {
    CHECKED;
    *handle = new CublasHandle{nullptr};
    return Success;
}

API cublasDestroy_v2(void* handle) {
    CHECKED;
    delete static_cast<CublasHandle*>(handle);
    return Success;
}

API cublasSetStream_v2(void* handle, void* stream) {
    CHECKED;
    static_cast<CublasHandle*>(handle)->stream = static_cast<Stream*>(stream);
    return Success;
}

API cublasSgemm_v2(void* handle, int transpose_a, int transpose_b, int m, int n, int k, const float* alpha, uint64_t a, int lda,
                   uint64_t b, int ldb, const float* beta, uint64_t c, int ldc) {
    CHECKED;
    if (lda < (transpose_a ? k : m) || ldb < (transpose_b ? n : k) || ldc < m || *alpha != 1.0f || *beta != 0.0f) return 7;
    return enqueue(static_cast<CublasHandle*>(handle)->stream, true, [=] {
        auto at = [](uint64_t matrix, int ld, int row, int column) { return reinterpret_cast<float*>(matrix)[row + (size_t)column * ld]; };
        for (int column = 0; column < n; column++) {
            for (int row = 0; row < m; row++) {
                double sum = 0;
                for (int i = 0; i < k; i++)
                    sum += (double)(transpose_a ? at(a, lda, i, row) : at(a, lda, row, i)) *
                           (transpose_b ? at(b, ldb, column, i) : at(b, ldb, i, column));
                reinterpret_cast<float*>(c)[row + (size_t)column * ldc] = (float)sum;
            }
        }
    });
}
