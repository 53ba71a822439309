#include "functions.h"
#include "product.h"

// The numbers of Cluster.Compute.Devices.Activation.
enum Activation { Identity = 0, Relu = 1, Tanh = 2, Sigmoid = 3 };

// The same for all threads of a launch, so that none waits for the branch of another.
DEVICE float apply(int activation, float x) {
    switch (activation) {
        case Relu: return x < 0.0f ? 0.0f : x;
        case Tanh: return tanh_float(x);
        case Sigmoid: return sigmoid(x);
        default: return x;
    }
}

DEVICE float gradient(int activation, float y, float dy) {
    switch (activation) {
        case Relu: return y > 0.0f ? dy : 0.0f;
        case Tanh: return dy * fused(-y, y, 1.0f);
        case Sigmoid: return dy * fused(-y, y, y);
        default: return dy;
    }
}

struct StoreOutput {
    const float* bias;
    float* y;
    int activation, outputs;
    DEVICE void operator()(int row, int column, float value) const {
        y[row * outputs + column] = apply(activation, value + bias[column]);
    }
};

// y (rows x outputs) = f(x (rows x inputs) weights (inputs x outputs) + bias): the product of product.h, to which bias and
// activation add 4 bytes and at most 30 operations for each element of y, and save a launch that would read it again.
KERNEL void dense_forward(int rows, int inputs, int outputs, const float* x, const float* weights, const float* bias,
                          int activation, float* y) {
    product<false, false>(rows, outputs, inputs, x, weights, StoreOutput{bias, y, activation, outputs});
}

// dy = dy f'(y), element by element: 12 bytes and at most 2 operations an element, so memory bandwidth bounds it.
KERNEL void dense_gradient(int activation, const float* y, float* dy, u32 length) {
    for (u64 i = first_index(); i < length; i += index_stride()) dy[i] = gradient(activation, y[i], dy[i]);
}

// sums[c] = sum of column c, row by row from 0. A thread for each column reads 4 bytes for an addition that waits for the
// one before: with few columns that wait bounds it, with many memory bandwidth.
KERNEL void dense_column_sums(int rows, int columns, const float* matrix, float* sums) {
    for (u64 column = first_index(); column < (u64)columns; column += index_stride()) {
        float sum = 0.0f;
        for (int row = 0; row < rows; row++) sum += matrix[row * columns + column];
        sums[column] = sum;
    }
}
