// All kernels by name, with what unpacks their parameters from the pointers that a launch gives.
#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "functions.h"
#include "kernel.h"
#include "philox.h"
#include "pricing.h"
#include "product.h"

namespace dense {
#include "dense.cu"
}
namespace elementwise {
#include "elementwise.cu"
}
namespace losses {
#include "losses.cu"
}
namespace matmul {
#include "matmul.cu"
}
namespace optimizers {
#include "optimizers.cu"
}
namespace pi {
#include "pi.cu"
}
namespace price {
#include "price.cu"
}
namespace reduce {
#include "reduce.cu"
}

struct HostKernel {
    // A launch copies the parameters: they may be gone when the kernel runs.
    std::function<std::function<void()>(void**)> bind;
    bool has_barriers;
};

template <class... Parameters, size_t... Index>
std::function<void()> bind_parameters(void (*kernel)(Parameters...), void** values, std::index_sequence<Index...>) {
    std::tuple<Parameters...> copies{*static_cast<Parameters*>(values[Index])...};
    return [=] { std::apply(kernel, copies); };
}

template <class... Parameters>
HostKernel host_kernel(void (*kernel)(Parameters...), bool has_barriers) {
    return {[=](void** values) { return bind_parameters(kernel, values, std::index_sequence_for<Parameters...>{}); },
            has_barriers};
}

inline const std::map<std::string, HostKernel>& host_kernels() {
#define PLAIN(space, name) {#name, host_kernel(space::name, false)}
#define WITH_BARRIERS(space, name) {#name, host_kernel(space::name, true)}
    static const std::map<std::string, HostKernel> kernels = {
        WITH_BARRIERS(dense, dense_forward),
        PLAIN(dense, dense_gradient),
        PLAIN(dense, dense_column_sums),
        PLAIN(elementwise, elementwise_add),
        PLAIN(elementwise, elementwise_multiply),
        PLAIN(elementwise, elementwise_scale),
        PLAIN(elementwise, elementwise_add_scaled),
        WITH_BARRIERS(losses, softmax_cross_entropy),
        PLAIN(losses, sigmoid_cross_entropy),
        PLAIN(losses, squared_error),
        WITH_BARRIERS(matmul, matmul_nn),
        WITH_BARRIERS(matmul, matmul_tn),
        WITH_BARRIERS(matmul, matmul_nt),
        WITH_BARRIERS(matmul, matmul_tt),
        PLAIN(optimizers, update_sgd),
        PLAIN(optimizers, update_momentum),
        PLAIN(optimizers, update_nesterov),
        PLAIN(optimizers, update_adagrad),
        PLAIN(optimizers, update_adam),
        PLAIN(optimizers, update_ftrl),
        WITH_BARRIERS(pi, pi_counts),
        WITH_BARRIERS(price, price_sums),
        WITH_BARRIERS(reduce, reduce_sum),
    };
    return kernels;
}
