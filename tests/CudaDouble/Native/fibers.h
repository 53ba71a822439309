// Runs a grid on the calling thread: the threads of a block are fibers, and a barrier is a switch to the next one.
#pragma once
#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <vector>

#include "host.h"

struct Fibers {
    static constexpr size_t StackBytes = 64 * 1024;

    struct Fiber {
        ucontext_t context;
        std::unique_ptr<char[]> stack{new char[StackBytes]};
        bool done;
    };

    std::vector<Fiber> fibers;
    ucontext_t scheduler;
    unsigned current = 0;
    const std::function<void()>* body = nullptr;

    static Fibers& here() {
        static thread_local Fibers instance;
        return instance;
    }

    static void run() {
        auto& self = here();
        (*self.body)();
        self.fibers[self.current].done = true;
        // Never comes back: the block is over when all are done.
        swapcontext(&self.fibers[self.current].context, &self.scheduler);
    }

    void run_block(unsigned threads, const std::function<void()>& kernel) {
        body = &kernel;
        if (fibers.size() < threads) fibers = std::vector<Fiber>(threads);
        for (unsigned i = 0; i < threads; i++) {
            getcontext(&fibers[i].context);
            fibers[i].context.uc_stack.ss_sp = fibers[i].stack.get();
            fibers[i].context.uc_stack.ss_size = StackBytes;
            fibers[i].context.uc_link = nullptr;
            fibers[i].done = false;
            makecontext(&fibers[i].context, run, 0);
        }
        for (bool any = true; any;) {
            any = false;
            for (current = 0; current < threads; current++) {
                if (fibers[current].done) continue;
                place.thread = current;
                swapcontext(&scheduler, &fibers[current].context);
                any |= !fibers[current].done;
            }
        }
        body = nullptr;
    }
};

void barrier() {
    auto& self = Fibers::here();
    if (self.body == nullptr) {
        std::fprintf(stderr, "A kernel that is listed as one without barriers has reached one.\n");
        std::abort();
    }
    swapcontext(&self.fibers[self.current].context, &self.scheduler);
}

inline void run_grid(unsigned blocks_x, unsigned blocks_y, unsigned threads, bool has_barriers,
                     const std::function<void()>& kernel) {
    for (unsigned y = 0; y < blocks_y; y++) {
        for (unsigned x = 0; x < blocks_x; x++) {
            place = {0, x, y, threads, blocks_x};
            if (has_barriers) {
                Fibers::here().run_block(threads, kernel);
            } else {
                for (unsigned thread = 0; thread < threads; thread++) {
                    place.thread = thread;
                    kernel();
                }
            }
        }
    }
}
