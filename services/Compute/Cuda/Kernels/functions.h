// Cluster.Compute.Functions.FloatMathReference and its polynomials, operation for operation.
#pragma once
#include "kernel.h"

DEVICE float absolute(float x) { return float_of(bits_of(x) & 0x7FFFFFFFu); }
DEVICE float power_of_two(int exponent) { return float_of((u32)(exponent + 127) << 23); }

// e^x: about 20 operations.
DEVICE float exp_float(float x) {
    x = x < -104.0f ? -104.0f : x;
    x = x > 89.0f ? 89.0f : x;
    float rounded = fused(x, 1.442695f, 12582912.0f);
    float n = rounded - 12582912.0f;
    float r = fused(n, -1.4286068e-06f, fused(n, -0.69314575f, x));

    float p = fused(0.0013814536f, r, 0.008368745f);
    p = fused(p, r, 0.041668393f);
    p = fused(p, r, 0.16666521f);
    p = fused(p, r, 0.49999994f);
    float power = 1.0f + fused(r * r, p, r);

    int exponent = (int)(bits_of(rounded) - bits_of(12582912.0f));
    int half = exponent >> 1;
    return power * power_of_two(half) * power_of_two(exponent - half);
}

// 2 atanh(s) for |s| up to 1/3.
DEVICE float twice_atanh(float s) {
    float z = s * s;
    float p = fused(0.2803129f, z, 0.2799786f);
    p = fused(p, z, 0.4002177f);
    p = fused(p, z, 0.6666641f);
    return fused(s, z * p, s + s);
}

// ln x.
DEVICE float log_float(float x) {
    bool is_small = x < 1.17549435e-38f;
    int bits = (int)bits_of(is_small ? x * 8388608.0f : x) - 0x3F3504F3;
    float n = (float)((bits >> 23) - (is_small ? 23 : 0));
    float m = float_of((u32)((bits & 0x7FFFFF) + 0x3F3504F3));
    float s = divide(m - 1.0f, m + 1.0f);
    float logarithm = fused(n, 0.69314575f, fused(n, 1.4286068e-06f, twice_atanh(s)));

    logarithm = x < float_of(0x7F800000u) ? logarithm : x;
    logarithm = x > 0.0f ? logarithm : float_of(0x7FC00000u);
    return x == 0.0f ? float_of(0xFF800000u) : logarithm;
}

// ln(1 + x) for x from 0 to 1, and NaN.
DEVICE float log_one_plus(float x) { return twice_atanh(divide(x, 2.0f + x)); }

// 1/(1 + e^-x).
DEVICE float sigmoid(float x) {
    float e = exp_float(-absolute(x));
    return divide(x < 0.0f ? e : 1.0f, 1.0f + e);
}

DEVICE float tanh_float(float x) {
    float a = absolute(x);
    float w = a * a;
    float p = fused(-0.005735454f, w, 0.02066984f);
    p = fused(p, w, -0.053750616f);
    p = fused(p, w, 0.133316f);
    p = fused(p, w, -0.3333329f);
    float small = fused(a * w, p, a);
    float large = 1.0f - divide(2.0f, exp_float(a + a) + 1.0f);
    return float_of((bits_of(a < 0.625f ? small : large) & 0x7FFFFFFFu) | (bits_of(x) & 0x80000000u));
}
