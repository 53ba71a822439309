// A test double of the CUDA driver library: the functions that Cluster.Compute.Cuda uses, over the memory and the processor
// of the host. It is no GPU, and its devices say so in their names. It runs the kernels' own source, compiled for the host;
// it says nothing about the PTX, which it only looks through for the kernel's name.
//
// What is enqueued is done as late as the driver's rules allow, when somebody asks for it: a buffer that is used too early
// or freed too early then gives wrong results each time, not now and then.
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <set>

#include "faults.h"
#include "fibers.h"
#include "kernels.h"

namespace {

enum Result {
    Success = 0, InvalidValue = 1, OutOfMemory = 2, NotInitialized = 3, NoDevice = 100, InvalidDevice = 101,
    InvalidContext = 201, InvalidPtx = 218, InvalidHandle = 400, NotFound = 500, NotReady = 600,
};

struct Stream;

struct Context {
    int device = 0, holders = 0, lost = 0;
    size_t used = 0;
    std::map<uint64_t, size_t> memory; // address to bytes
    std::set<Stream*> streams;
};

struct Event {
    Context* context;
    Stream* stream = nullptr;
    bool done = true;
    int asked = 0;
    double milliseconds = 0;
};

struct Operation {
    std::function<void()> run;
    bool is_kernel;
    Event* event;
};

struct Stream {
    Context* context;
    std::deque<Operation> operations;
};

struct Module {
    Context* context;
    std::string text;
};

std::recursive_mutex all; // of everything below: the double does one thing at a time
Settings settings;
bool initialized = false;
Context contexts[16];
std::map<void*, Context*> pinned;
std::set<Event*> events;
std::set<Module*> modules;
long long launches = 0, copied = 0;
thread_local Context* current = nullptr;

double now() {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int check() { return !initialized ? NotInitialized : current == nullptr ? InvalidContext : current->lost; }

void do_next(Stream* stream) {
    auto operation = std::move(stream->operations.front());
    stream->operations.pop_front();
    auto context = stream->context;
    if (operation.is_kernel && context->lost == 0) context->lost = settings.take_code("lost_code");
    if (context->lost == 0 && operation.run) operation.run();
    if (operation.event != nullptr) {
        operation.event->done = true;
        operation.event->milliseconds = now();
    }
}

void finish(Stream* stream) {
    while (!stream->operations.empty()) do_next(stream);
}

bool owns(Context* context, uint64_t address, size_t bytes) {
    auto next = context->memory.upper_bound(address);
    if (next == context->memory.begin()) return false;
    auto& [start, length] = *--next;
    return address + bytes <= start + length;
}

int enqueue(void* handle, bool is_kernel, std::function<void()> run, Event* event = nullptr) {
    auto stream = static_cast<Stream*>(handle);
    if (current->streams.count(stream) == 0) return InvalidHandle;
    stream->operations.push_back({std::move(run), is_kernel, event});
    return Success;
}

} // namespace

#define API extern "C" __attribute__((visibility("default"))) int
#define LOCKED std::lock_guard lock(all)
#define CHECKED \
    LOCKED;     \
    if (int code = check()) return code

API cuInit(unsigned) {
    LOCKED;
    auto code = static_cast<int>(settings.get("init_code"));
    if (code == 0 && settings.get("devices") == 0) code = NoDevice;
    initialized = code == 0;
    return code;
}

API cuDriverGetVersion(int* version) {
    *version = static_cast<int>(settings.get("driver_version"));
    return Success;
}

API cuDeviceGetCount(int* count) {
    LOCKED;
    *count = static_cast<int>(settings.get("devices"));
    return initialized ? Success : NotInitialized;
}

API cuDeviceGet(int* device, int ordinal) {
    LOCKED;
    *device = ordinal;
    return ordinal >= 0 && ordinal < settings.get("devices") ? Success : InvalidDevice;
}

// The same for every process, as a GPU's is.
API cuDeviceGetUuid_v2(unsigned char* uuid, int device) {
    std::memset(uuid, 0, 16);
    std::memcpy(uuid, "TEST DOUBLE", 11);
    uuid[15] = static_cast<unsigned char>(device);
    return Success;
}

API cuDeviceGetName(char* name, int length, int) {
    std::snprintf(name, length, "TEST DOUBLE (no GPU)");
    return Success;
}

API cuDeviceTotalMem_v2(size_t* bytes, int) {
    *bytes = settings.get("memory");
    return Success;
}

API cuDeviceGetAttribute(int* value, int attribute, int) {
    switch (attribute) {
        case 13: *value = 1'000'000; break; // kHz of the clock
        case 16: *value = 2; break;         // multiprocessors
        case 36: *value = 1'000'000; break; // kHz of the memory
        case 37: *value = 64; break;        // bits of the memory bus
        case 75: *value = 8; break;         // compute capability
        case 76: *value = 0; break;
        default: return InvalidValue;
    }
    return Success;
}

API cuDevicePrimaryCtxRetain(void** context, int device) {
    LOCKED;
    contexts[device].device = device;
    contexts[device].holders++;
    *context = &contexts[device];
    return Success;
}

API cuDevicePrimaryCtxRelease_v2(int device) {
    LOCKED;
    auto& context = contexts[device];
    if (context.holders == 0) return InvalidContext;
    if (--context.holders == 0) {
        for (auto& [address, bytes] : context.memory) std::free(reinterpret_cast<void*>(address));
        for (auto stream : context.streams) delete stream;
        // What was made in it goes with it: after a loss nobody could give it back one by one.
        std::erase_if(pinned, [&](auto& held) { return held.second == &context && (std::free(held.first), true); });
        std::erase_if(events, [&](auto held) { return held->context == &context && (delete held, true); });
        std::erase_if(modules, [&](auto held) { return held->context == &context && (delete held, true); });
        context = {};
    }
    return Success;
}

API cuCtxSetCurrent(void* context) {
    current = static_cast<Context*>(context);
    return Success;
}

API cuModuleLoadDataEx(void** module, const void* image, unsigned, int*, void**) {
    CHECKED;
    std::string text(static_cast<const char*>(image));
    if (text.find(".version") == std::string::npos || text.find(".target sm_") == std::string::npos) return InvalidPtx;
    auto loaded = new Module{current, text};
    modules.insert(loaded);
    *module = loaded;
    return Success;
}

API cuModuleUnload(void* module) {
    CHECKED;
    if (modules.erase(static_cast<Module*>(module)) == 0) return InvalidHandle;
    delete static_cast<Module*>(module);
    return Success;
}

API cuModuleGetFunction(void** function, void* module, const char* name) {
    CHECKED;
    auto found = host_kernels().find(name);
    auto& text = static_cast<Module*>(module)->text;
    if (text.find(std::string(".entry ") + name + "(") == std::string::npos || found == host_kernels().end()) return NotFound;
    *function = const_cast<HostKernel*>(&found->second);
    return Success;
}

API cuMemAlloc_v2(uint64_t* address, size_t bytes) {
    CHECKED;
    if (bytes == 0) return InvalidValue;
    if (settings.take("fail_allocations") || current->used + bytes > static_cast<size_t>(settings.get("memory")))
        return OutOfMemory;
    auto memory = std::aligned_alloc(256, (bytes + 255) / 256 * 256);
    std::memset(memory, 0xCD, bytes); // what was there before is nothing to rely on
    *address = reinterpret_cast<uint64_t>(memory);
    current->memory[*address] = bytes;
    current->used += bytes;
    return Success;
}

API cuMemFree_v2(uint64_t address) {
    CHECKED;
    auto found = current->memory.find(address);
    if (found == current->memory.end()) return InvalidValue;
    for (auto stream : current->streams) finish(stream);
    current->used -= found->second;
    current->memory.erase(found);
    std::free(reinterpret_cast<void*>(address));
    return Success;
}

API cuMemHostAlloc(void** memory, size_t bytes, unsigned) {
    CHECKED;
    if (settings.take("fail_pinned")) return OutOfMemory;
    *memory = std::malloc(bytes);
    pinned[*memory] = current;
    return Success;
}

API cuMemFreeHost(void* memory) {
    CHECKED;
    if (pinned.erase(memory) == 0) return InvalidValue;
    std::free(memory);
    return Success;
}

API cuMemcpyHtoDAsync_v2(uint64_t target, const void* source, size_t bytes, void* stream) {
    CHECKED;
    if (!owns(current, target, bytes)) return InvalidValue;
    copied += bytes;
    return enqueue(stream, false, [=] { std::memcpy(reinterpret_cast<void*>(target), source, bytes); });
}

API cuMemcpyDtoHAsync_v2(void* target, uint64_t source, size_t bytes, void* stream) {
    CHECKED;
    if (!owns(current, source, bytes)) return InvalidValue;
    copied += bytes;
    return enqueue(stream, false, [=] { std::memcpy(target, reinterpret_cast<void*>(source), bytes); });
}

API cuMemcpyDtoDAsync_v2(uint64_t target, uint64_t source, size_t bytes, void* stream) {
    CHECKED;
    if (!owns(current, source, bytes) || !owns(current, target, bytes)) return InvalidValue;
    return enqueue(stream, false, [=] {
        std::memmove(reinterpret_cast<void*>(target), reinterpret_cast<void*>(source), bytes);
    });
}

API cuMemsetD32Async(uint64_t target, unsigned value, size_t count, void* stream) {
    CHECKED;
    if (!owns(current, target, count * 4)) return InvalidValue;
    return enqueue(stream, false, [=] {
        for (size_t i = 0; i < count; i++) reinterpret_cast<unsigned*>(target)[i] = value;
    });
}

API cuStreamCreate(void** stream, unsigned) {
    CHECKED;
    auto created = new Stream{current, {}};
    current->streams.insert(created);
    *stream = created;
    return Success;
}

API cuStreamDestroy_v2(void* handle) {
    CHECKED;
    auto stream = static_cast<Stream*>(handle);
    if (current->streams.erase(stream) == 0) return InvalidHandle;
    finish(stream);
    delete stream;
    return Success;
}

API cuStreamSynchronize(void* handle) {
    CHECKED;
    auto stream = static_cast<Stream*>(handle);
    if (current->streams.count(stream) == 0) return InvalidHandle;
    finish(stream);
    return current->lost;
}

API cuEventCreate(void** event, unsigned) {
    CHECKED;
    auto created = new Event{current};
    events.insert(created);
    *event = created;
    return Success;
}

API cuEventDestroy_v2(void* handle) {
    CHECKED;
    auto event = static_cast<Event*>(handle);
    if (events.erase(event) == 0) return InvalidHandle;
    if (!event->done) finish(event->stream);
    delete event;
    return Success;
}

API cuEventRecord(void* handle, void* stream) {
    CHECKED;
    auto event = static_cast<Event*>(handle);
    if (events.count(event) == 0) return InvalidHandle;
    event->stream = static_cast<Stream*>(stream);
    event->done = false;
    event->asked = 0;
    return enqueue(stream, false, {}, event);
}

// The first question is too early; at the next one the work is done.
API cuEventQuery(void* handle) {
    CHECKED;
    auto event = static_cast<Event*>(handle);
    if (events.count(event) == 0) return InvalidHandle;
    if (event->done) return Success;
    if (settings.get("hang") != 0 || event->asked++ == 0) return NotReady;
    while (!event->done) do_next(event->stream);
    return current->lost;
}

API cuEventElapsedTime(float* milliseconds, void* from, void* to) {
    CHECKED;
    *milliseconds = static_cast<float>(static_cast<Event*>(to)->milliseconds - static_cast<Event*>(from)->milliseconds);
    return Success;
}

API cuLaunchKernel(void* function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned threads, unsigned threads_y,
                   unsigned threads_z, unsigned shared, void* stream, void** parameters, void**) {
    CHECKED;
    bool fits = grid_x > 0 && grid_x <= 0x7FFFFFFF && grid_y > 0 && grid_y <= 65535 && grid_z == 1 && threads > 0 &&
                threads <= 1024 && threads_y == 1 && threads_z == 1 && shared == 0;
    if (!fits) return InvalidValue;
    if (int code = settings.take_code("launch_code")) return code;
    launches++;
    auto kernel = static_cast<HostKernel*>(function);
    auto body = kernel->bind(parameters);
    return enqueue(stream, true, [=] { run_grid(grid_x, grid_y, threads, kernel->has_barriers, body); });
}

API cuGetErrorName(int code, const char** name) {
    static const std::map<int, const char*> names = {
        {Success, "CUDA_SUCCESS"}, {InvalidValue, "CUDA_ERROR_INVALID_VALUE"}, {OutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY"},
        {NotInitialized, "CUDA_ERROR_NOT_INITIALIZED"}, {NoDevice, "CUDA_ERROR_NO_DEVICE"},
        {InvalidDevice, "CUDA_ERROR_INVALID_DEVICE"}, {InvalidContext, "CUDA_ERROR_INVALID_CONTEXT"},
        {214, "CUDA_ERROR_ECC_UNCORRECTABLE"}, {InvalidPtx, "CUDA_ERROR_INVALID_PTX"},
        {InvalidHandle, "CUDA_ERROR_INVALID_HANDLE"}, {NotFound, "CUDA_ERROR_NOT_FOUND"},
        {NotReady, "CUDA_ERROR_NOT_READY"}, {700, "CUDA_ERROR_ILLEGAL_ADDRESS"},
        {701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES"}, {719, "CUDA_ERROR_LAUNCH_FAILED"},
        {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"},
    };
    auto found = names.find(code);
    *name = found == names.end() ? nullptr : found->second;
    return found == names.end() ? InvalidValue : Success;
}

#include "cublas.h"

// Control by the tests. Returns 0, or 1 where the name is none of faults.h.
API cuda_double_set(const char* name, long long value) { return settings.set(name, value) ? 0 : 1; }

extern "C" __attribute__((visibility("default"))) long long cuda_double_get(const char* name) {
    LOCKED;
    std::string what = name;
    size_t memory = 0, streams = 0, holders = 0;
    for (auto& context : contexts) {
        memory += context.memory.size();
        streams += context.streams.size();
        holders += context.holders;
    }
    return what == "allocations" ? memory : what == "streams" ? streams : what == "contexts" ? holders
         : what == "pinned" ? pinned.size() : what == "events" ? events.size() : what == "modules" ? modules.size()
         : what == "launches" ? launches : what == "copied" ? copied : -1;
}
