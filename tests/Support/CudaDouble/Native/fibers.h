// Runs a grid on the calling thread: the threads of a block are fibers, and a barrier is a switch to the next one.
#pragma once
#include <setjmp.h>
#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <vector>

#include "host.h"

// A fiber gets its stack from makecontext, once, and stays for the blocks after. From then on switches are jumps: swapcontext
// would ask the system for the signal mask each time.
struct Fibers {
    static constexpr size_t StackBytes = 64 * 1024;

    struct Fiber {
        ucontext_t start;
        jmp_buf place;
        std::unique_ptr<char[]> stack{new char[StackBytes]};
        bool started = false, done = false;
    };

    std::vector<Fiber> fibers;
    jmp_buf scheduler;
    unsigned current = 0;
    const std::function<void()>* body = nullptr;

    static Fibers& here() {
        static thread_local Fibers instance;
        return instance;
    }

    static void run() {
        auto& self = here();
        for (;;) {
            (*self.body)();
            self.fibers[self.current].done = true;
            self.leave();
        }
    }

    // Of a fiber: on to the next one.
    void leave() {
        if (_setjmp(fibers[current].place) == 0) _longjmp(scheduler, 1);
    }

    // Of the scheduler: comes back when the fiber leaves.
    void enter(Fiber& fiber) {
        if (_setjmp(scheduler) != 0) return;
        if (fiber.started) _longjmp(fiber.place, 1);
        fiber.started = true;
        setcontext(&fiber.start);
    }

    void grow(unsigned threads) {
        fibers = std::vector<Fiber>(threads);
        for (auto& fiber : fibers) {
            getcontext(&fiber.start);
            fiber.start.uc_stack.ss_sp = fiber.stack.get();
            fiber.start.uc_stack.ss_size = StackBytes;
            fiber.start.uc_link = nullptr;
            makecontext(&fiber.start, run, 0);
        }
    }

    void run_block(unsigned threads, const std::function<void()>& kernel) {
        body = &kernel;
        if (fibers.size() < threads) grow(threads);
        for (unsigned i = 0; i < threads; i++) fibers[i].done = false;
        for (bool any = true; any;) {
            any = false;
            for (current = 0; current < threads; current++) {
                if (fibers[current].done) continue;
                place.thread = current;
                enter(fibers[current]);
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
    self.leave();
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
