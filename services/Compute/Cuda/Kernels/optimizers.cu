#include "kernel.h"

// One update of every parameter: g = gradient / divisor + l2 w, then the rule, whose formulas are those of the classes in
// services/Compute/Optimizers, operation by operation. Nothing is fused: a product and a sum round each. One thread an
// element, neighbours on neighbours. A thread reads 8 bytes and writes 4, and as much again for each slot, for at most two
// square roots and four divisions: memory bandwidth bounds all of these.

struct Operands {
    const float *current;
    float *next, *slots;
    const float *gradient;
    u32 length;
    float divisor, l2;
    float *finite; // set to 0 where a parameter or a slot is not finite afterwards; several threads may write it, all the same
};

DEVICE bool is_finite(float a) { return (bits_of(a) & 0x7F800000u) != 0x7F800000u; }

template <int Slots, class Rule>
DEVICE void update(Operands o, Rule rule) {
    bool finite = true;
    float *slot_a = o.slots, *slot_b = Slots > 1 ? o.slots + o.length : nullptr;
    for (u64 i = first_index(); i < o.length; i += index_stride()) {
        float w = o.current[i];
        float g = divide(o.gradient[i], o.divisor) + o.l2 * w;
        float a = Slots > 0 ? slot_a[i] : 0.0f, b = Slots > 1 ? slot_b[i] : 0.0f;
        w = rule.apply(w, g, a, b);
        o.next[i] = w;
        if (Slots > 0) slot_a[i] = a;
        if (Slots > 1) slot_b[i] = b;
        finite = finite && is_finite(w) && is_finite(a) && is_finite(b);
    }
    if (!finite) *o.finite = 0.0f;
}

struct Sgd {
    float rate;
    DEVICE float apply(float w, float g, float&, float&) const { return w - rate * g; }
};

struct Momentum {
    float rate, coefficient;
    DEVICE float apply(float w, float g, float& a, float&) const {
        a = coefficient * a + g;
        return w - rate * a;
    }
};

struct Nesterov {
    float rate, coefficient;
    DEVICE float apply(float w, float g, float& a, float&) const {
        a = coefficient * a + g;
        return w - rate * (g + coefficient * a);
    }
};

struct Adagrad {
    float rate;
    DEVICE float apply(float w, float g, float& a, float&) const {
        a += g * g;
        return w - divide(rate * g, sqrt_rn(a));
    }
};

struct Adam {
    float rate, beta1, beta2, epsilon, decay;
    DEVICE float apply(float w, float g, float& a, float& b) const {
        a = beta1 * a + (1.0f - beta1) * g;
        b = beta2 * b + (1.0f - beta2) * (g * g);
        return w - (divide(rate * a, sqrt_rn(b) + epsilon) + decay * w);
    }
};

struct Ftrl {
    float rate, beta, l1, l2;
    DEVICE float apply(float w, float g, float& a, float& b) const {
        float n = b + g * g;
        float root = sqrt_rn(n);
        float sigma = divide(root - sqrt_rn(b), rate);
        a = (a + g) - sigma * w;
        b = n;
        float l1_signed = float_of((bits_of(l1) & 0x7FFFFFFFu) | (bits_of(a) & 0x80000000u));
        float shrunk = divide(-(a - l1_signed), divide(beta + root, rate) + l2);
        float size = float_of(bits_of(a) & 0x7FFFFFFFu);
        return size <= l1 ? 0.0f : shrunk;
    }
};

#define OPERANDS                                                                                                      \
    const float *current, float *next, float *slots, const float *gradient, u32 length, float divisor, float l2, float *finite
#define THEM {current, next, slots, gradient, length, divisor, l2, finite}

KERNEL void update_sgd(OPERANDS, float rate) { update<0>(THEM, Sgd{rate}); }

KERNEL void update_momentum(OPERANDS, float rate, float coefficient) { update<1>(THEM, Momentum{rate, coefficient}); }

KERNEL void update_nesterov(OPERANDS, float rate, float coefficient) { update<1>(THEM, Nesterov{rate, coefficient}); }

KERNEL void update_adagrad(OPERANDS, float rate) { update<1>(THEM, Adagrad{rate}); }

KERNEL void update_adam(OPERANDS, float rate, float beta1, float beta2, float epsilon, float decay) {
    update<2>(THEM, Adam{rate, beta1, beta2, epsilon, decay});
}

KERNEL void update_ftrl(OPERANDS, float rate, float beta, float l1, float l2_of_ftrl) {
    update<2>(THEM, Ftrl{rate, beta, l1, l2_of_ftrl});
}

#undef OPERANDS
#undef THEM
