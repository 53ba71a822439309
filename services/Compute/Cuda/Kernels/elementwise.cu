#include "kernel.h"

// Element by element, neighbouring threads on neighbouring elements. A thread moves 8 to 12 bytes for each operation:
// memory bandwidth bounds all of these.

KERNEL void elementwise_add(const float* a, const float* b, float* result, u32 length) {
    for (u64 i = first_index(); i < length; i += index_stride()) result[i] = a[i] + b[i];
}

KERNEL void elementwise_multiply(const float* a, const float* b, float* result, u32 length) {
    for (u64 i = first_index(); i < length; i += index_stride()) result[i] = a[i] * b[i];
}

KERNEL void elementwise_scale(const float* a, float scale, float* result, u32 length) {
    for (u64 i = first_index(); i < length; i += index_stride()) result[i] = scale * a[i];
}

KERNEL void elementwise_add_scaled(const float* a, float scale, float* target, u32 length) {
    for (u64 i = first_index(); i < length; i += index_stride()) target[i] = fused(scale, a[i], target[i]);
}
