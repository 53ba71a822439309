// What a kernel may use. clang compiles the kernels for the GPU without a CUDA toolkit, so the few names of CUDA C++ that
// they need are declared here; the tests compile the same files for the host, where host.h gives these names a meaning.
// Every operation that rounds is spelled out (fused, _rn: round to nearest even), so that both give the same bits.
#pragma once

#if defined(__CUDA__)

#define DEVICE __attribute__((device)) __attribute__((always_inline)) inline
#define KERNEL extern "C" __attribute__((global))
#define SHARED __attribute__((shared))
#define UNROLL _Pragma("unroll")

#define thread_x ((unsigned)__nvvm_read_ptx_sreg_tid_x())
#define block_x ((unsigned)__nvvm_read_ptx_sreg_ctaid_x())
#define block_y ((unsigned)__nvvm_read_ptx_sreg_ctaid_y())
#define block_size ((unsigned)__nvvm_read_ptx_sreg_ntid_x())
#define grid_size ((unsigned)__nvvm_read_ptx_sreg_nctaid_x())

DEVICE void barrier() { __syncthreads(); }
DEVICE void atomic_add(unsigned long long* target, unsigned long long value) {
    __nvvm_atom_add_gen_ll((long long*)target, (long long)value);
}

// The upper half of a product. With 64-bit products clang emits 64-bit multiplications, which a GPU does in several steps.
DEVICE unsigned high_product(unsigned a, unsigned b) { return __nvvm_mulhi_ui(a, b); }

DEVICE float sqrt_rn(float a) { return __nvvm_sqrt_rn_f(a); }
DEVICE double sqrt_rn(double a) { return __nvvm_sqrt_rn_d(a); }
DEVICE float divide(float a, float b) { return __nvvm_div_rn_f(a, b); }
DEVICE double divide(double a, double b) { return __nvvm_div_rn_d(a, b); }

#else
#include "host.h"
#endif

typedef unsigned int u32;
typedef unsigned long long u64;

DEVICE float fused(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
DEVICE double fused(double a, double b, double c) { return __builtin_fma(a, b, c); }

DEVICE u32 bits_of(float a) { return __builtin_bit_cast(u32, a); }
DEVICE u64 bits_of(double a) { return __builtin_bit_cast(u64, a); }
DEVICE float float_of(u32 a) { return __builtin_bit_cast(float, a); }
DEVICE double double_of(u64 a) { return __builtin_bit_cast(double, a); }

// First index of this thread in a loop over all threads of the grid, and the stride of that loop.
DEVICE u64 first_index() { return (u64)block_x * block_size + thread_x; }
DEVICE u64 index_stride() { return (u64)grid_size * block_size; }
