// Cluster.Compute.Pricing.PricingMathReference and its polynomials, operation for operation.
#pragma once
#include "kernel.h"

constexpr u64 OneBits = 0x3FF0000000000000ull;
constexpr u64 SignBit = 1ull << 63;

DEVICE double horner(double, double c) { return c; }

// Coefficients from the highest power down.
template <class... Rest>
DEVICE double horner(double x, double high, double next, Rest... rest) {
    return horner(x, fused(high, x, next), rest...);
}

// ln u of the uniform u = 1 - (word / 2^12) * 2^-52.
DEVICE double log_uniform(u64 word) {
    double uniform = 2.0 - double_of((word >> 12) | OneBits);
    u64 bits = bits_of(uniform);
    u64 biased = (bits + (OneBits - 0x3FE6A09E667F3BCDull)) >> 52;
    double exponent = double_of(biased | 0x4330000000000000ull) - (4503599627370496.0 + 1023.0);
    double mantissa = double_of(bits - (biased << 52) + OneBits);

    double s = divide(mantissa - 1.0, mantissa + 1.0);
    double z = s * s;
    double p = horner(z, 0.14616449685043406, 0.15331721600556042, 0.18182889125261723, 0.2222221113479508,
                      0.28571428625975487, 0.39999999999899505, 0.666666666666667);
    return fused(exponent, 0.6931471805599453, fused(s, z * p, s + s));
}

DEVICE double with_sign(double value, u64 sign) { return double_of(bits_of(value) ^ (sign & SignBit)); }

// Sine and cosine of (q + f) quarter turns: q is the word's upper two bits, f in [-1/2, 1/2) the next 52.
DEVICE void sin_cos_turn(u64 word, double& sine, double& cosine) {
    double f = double_of(((word << 2) >> 12) | OneBits) - 1.5;
    double w = f * f;
    double s = horner(w, 5.633933781537854e-08, -3.59864335298231e-06, 0.0001604411507421909, -0.004681754132340976,
                      0.07969262624604301, -0.6459640975062443, 1.5707963267948966);
    s *= f;
    double c = horner(w, -6.329396344967424e-09, 4.710678405505227e-07, -2.5202039028029178e-05, 0.0009192602745468447,
                      -0.020863480763340773, 0.2536695079010478, -1.2337005501361697, 1.0);

    bool odd = (word >> 62 & 1) != 0;
    sine = with_sign(odd ? c : s, word);
    cosine = with_sign(odd ? s : c, word ^ (word << 1));
}

// e^x with x clamped to +-300.
DEVICE double exp_price(double x) {
    x = x > -300.0 ? x : -300.0;
    x = x < 300.0 ? x : 300.0;
    double rounded = fused(x, 1.4426950408889634, 6755399441055744.0);
    double n = rounded - 6755399441055744.0;
    double r = fused(n, -5.497923018708371e-14, fused(n, -0.6931471805598903, x));
    double p = horner(r, 2.510038549551032e-08, 2.7620088445409746e-07, 2.7557268459997064e-06, 2.4801521295954376e-05,
                      0.00019841269863053618, 0.0013888888917213717, 0.008333333333330062, 0.04166666666662413,
                      0.16666666666666669, 0.5000000000000001);
    double power = 1.0 + fused(r * r, p, r);
    return double_of(bits_of(power) + (bits_of(rounded) << 52));
}
