// The settings of the test double: what it pretends to be and what it does wrong. From the environment variable
// CUDA_DOUBLE ("devices=2,memory=1048576") when the library is loaded, then by cuda_double_set.
#pragma once
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <sstream>
#include <string>

class Settings {
public:
    Settings() {
        const char* text = std::getenv("CUDA_DOUBLE");
        std::stringstream pairs(text == nullptr ? "" : text);
        for (std::string pair; std::getline(pairs, pair, ',');) {
            auto equals = pair.find('=');
            if (equals == std::string::npos || !set(pair.substr(0, equals), std::atoll(pair.c_str() + equals + 1))) std::abort();
        }
    }

    bool set(const std::string& name, long long value) {
        std::lock_guard lock(mutex);
        auto found = values.find(name);
        if (found == values.end()) return false;
        found->second = value;
        return true;
    }

    long long get(const std::string& name) {
        std::lock_guard lock(mutex);
        return values.at(name);
    }

    // Whether a fault that is set to happen n times happens now.
    bool take(const std::string& name) {
        std::lock_guard lock(mutex);
        auto& left = values.at(name);
        return left > 0 && left-- > 0;
    }

    // A fault's code where it is due: after "<name>_after" more calls, once.
    int take_code(const std::string& name) {
        std::lock_guard lock(mutex);
        auto& code = values.at(name);
        if (code == 0 || values.at(name + "_after")-- > 0) return 0;
        auto taken = static_cast<int>(code);
        code = values.at(name + "_after") = 0;
        return taken;
    }

private:
    std::mutex mutex;
    std::map<std::string, long long> values = {
        {"devices", 1},            // how many GPUs it says there are
        {"driver_version", 12040}, // 1000 * major + 10 * minor
        {"memory", 1 << 30},       // bytes of each device
        {"init_code", 0},          // what cuInit returns
        {"fail_allocations", 0},   // how many of the next cuMemAlloc return out of memory
        {"fail_pinned", 0},        // how many of the next cuMemHostAlloc return out of memory
        {"launch_code", 0},        // what a launch returns, once, without effect on the context
        {"launch_code_after", 0},  // after so many launches
        {"lost_code", 0},          // what a kernel does to its context, once, when it runs
        {"lost_code_after", 0},    // after so many kernels
        {"hang", 0},               // 1: nothing that is enqueued ever ends
    };
};
