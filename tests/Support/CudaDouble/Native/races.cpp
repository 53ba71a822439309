// Runs every kernel with barriers on real threads, for ThreadSanitizer to find two that touch the same memory without a
// barrier between them. Compiled with BLOCK_ON_THREADS; with WITHOUT_BARRIERS too, to see that it would find one.
#include <pthread.h>

#include <cstdio>
#include <thread>
#include <vector>

#include "kernels.h"

// One race is enough: the reports of all of them take minutes.
extern "C" const char* __tsan_default_options() { return "halt_on_error=1"; }

static pthread_barrier_t all_threads;

void barrier() {
#if !defined(WITHOUT_BARRIERS)
    pthread_barrier_wait(&all_threads);
#endif
}

template <class Kernel>
static void run(unsigned blocks_x, unsigned blocks_y, unsigned threads, Kernel kernel) {
    pthread_barrier_init(&all_threads, nullptr, threads);
    for (unsigned y = 0; y < blocks_y; y++) {
        for (unsigned x = 0; x < blocks_x; x++) {
            std::vector<std::thread> block;
            for (unsigned thread = 0; thread < threads; thread++) {
                block.emplace_back([=] {
                    place = {thread, x, y, threads, blocks_x};
                    kernel();
                });
            }
            for (auto& thread : block) thread.join();
        }
    }
    pthread_barrier_destroy(&all_threads);
}

int main() {
    std::vector<float> a(70 * 70, 0.5f), b(70 * 70, 0.25f), c(70 * 70), sums(4), labels(70, 1.0f), losses(70), bias(70, 1.0f);
    std::vector<float> many(5000, 1.0f);
    std::vector<u64> counts(2);
    std::vector<price::Sums> prices(1);
    float *pa = a.data(), *pb = b.data(), *pc = c.data(), *ps = sums.data(), *pm = many.data(), *pl = losses.data();
    float *labels_ = labels.data(), *bias_ = bias.data();
    auto counts_ = counts.data();
    auto prices_ = prices.data();

    run(2, 1, 256, [=] { matmul::matmul_nn(5, 66, 17, pa, pb, pc); });
    run(1, 1, 256, [=] { matmul::matmul_tn(5, 7, 17, pa, pb, pc); });
    run(1, 1, 256, [=] { matmul::matmul_nt(5, 7, 17, pa, pb, pc); });
    run(1, 1, 256, [=] { matmul::matmul_tt(5, 7, 17, pa, pb, pc); });
    run(1, 1, 256, [=] { dense::dense_forward(5, 17, 7, pa, pb, bias_, 2, pc); });
    run(1, 1, 256, [=] { reduce::reduce_sum(pm, 5000, ps); });
    run(1, 2, 64, [=] { pi::pi_counts(counts_, 10, 500, 300, 42); });
    run(1, 1, 128, [=] { price::price_sums(prices_, 0, 300, 300, 7, 2, 0.01, 0.2, 100.0, -100.0, 1.0); });
    run(1, 1, 256, [=] { losses::softmax_cross_entropy(40, 11, pa, labels_, pl, pc); });
    run(2, 1, 256, [=] { losses::softmax_cross_entropy(40, 11, pa, labels_, pl, pa); });
    std::puts("every kernel with barriers has run");
    return 0;
}
