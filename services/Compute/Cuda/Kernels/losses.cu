#include "functions.h"

constexpr int Lanes = 8; // threads of a row, and accumulators of its sum
constexpr int Rows = 32; // of a block

DEVICE float not_a_number() { return float_of(0x7FC00000u); }

// losses[r] = ln s - (z[label] - max) with e = exp(z - max) and s = sum of e; gradient = e / s, less 1 at the label; NaN for
// a label that is no class. Class i goes to accumulator i mod 8, in order from 0; these are added by halves. Block: 8
// threads for each of 32 rows.
//
// For each class a row reads 4 bytes three times and writes 4 twice, and does about 25 operations and a division: beyond a
// few hundred classes memory bandwidth bounds it, below the launch does.
KERNEL void softmax_cross_entropy(int rows, int classes, const float* logits, const float* labels, float* losses,
                                  float* gradient) {
    SHARED float maxima[Rows][Lanes], sums[Rows][Lanes];
    int lane = thread_x % Lanes, slot = thread_x / Lanes;
    u64 row = (u64)block_x * Rows + slot;
    bool is_row = row < (u64)rows;
    const float* z = logits + row * classes;
    float* g = gradient + row * classes;

    float label = is_row ? labels[row] : -1.0f;
    int target = label >= 0.0f && label < (float)classes && label == (float)(int)label ? (int)label : -1;
    bool is_class = target >= 0;

    float max = is_row && is_class ? z[0] : 0.0f;
    if (is_class)
        for (int i = lane; i < classes; i += Lanes) max = z[i] > max ? z[i] : max;
    maxima[slot][lane] = max;
    barrier();
    for (int i = 0; i < Lanes; i++) max = maxima[slot][i] > max ? maxima[slot][i] : max;
    float at_label = is_class ? z[target] - max : 0.0f;
    barrier(); // the gradient may be the logits

    float sum = 0.0f;
    if (is_class) {
        for (int i = lane; i < classes; i += Lanes) {
            float e = exp_float(z[i] - max);
            g[i] = e;
            sum += e;
        }
    }
    sums[slot][lane] = sum;
    barrier();
    for (int half = Lanes / 2; half > 0; half /= 2) {
        if (lane < half) sums[slot][lane] += sums[slot][lane + half];
        barrier();
    }

    if (!is_row) return;
    sum = sums[slot][0];
    for (int i = lane; i < classes; i += Lanes)
        g[i] = !is_class ? not_a_number() : divide(g[i], sum) - (i == target ? 1.0f : 0.0f);
    if (lane == 0) losses[row] = is_class ? log_float(sum) - at_label : not_a_number();
}

// losses = (max(z, 0) - z label) + ln(1 + exp(-|z|)), gradient = sigmoid(z) - label, element by element: 16 bytes and about
// 60 operations, two of them divisions, so arithmetic and memory bandwidth are close.
KERNEL void sigmoid_cross_entropy(const float* logits, const float* labels, float* losses, float* gradient, u32 length) {
    for (u64 i = first_index(); i < length; i += index_stride()) {
        float z = logits[i], label = labels[i];
        losses[i] = (z < 0.0f ? 0.0f : z) - z * label + log_one_plus(exp_float(-absolute(z)));
        gradient[i] = sigmoid(z) - label;
    }
}

// With d = p - label: losses = d d, gradient = d + d, element by element: 16 bytes and 3 operations, so memory bandwidth
// bounds it.
KERNEL void squared_error(const float* predictions, const float* labels, float* losses, float* gradient, u32 length) {
    for (u64 i = first_index(); i < length; i += index_stride()) {
        float difference = predictions[i] - labels[i];
        losses[i] = difference * difference;
        gradient[i] = difference + difference;
    }
}
