using System.Collections.Concurrent;
using Cluster.Compute.Cuda.Driver;

namespace Cluster.Compute.Cuda.Execution;

/// <summary>The kernels of one device. A PTX file is compiled by the driver when its first kernel is asked for.</summary>
internal sealed class CudaKernels(CudaThread thread) : IDisposable
{
    private readonly ConcurrentDictionary<CudaKernel, nint> _functions = new();

    // The device's thread alone uses it, and Dispose when that has ended.
    private readonly Dictionary<string, CudaModuleHandle> _modules = [];

    /// <exception cref="CudaException">The driver refuses the PTX.</exception>
    public nint Function(CudaKernel kernel) =>
        _functions.TryGetValue(kernel, out var function)
            ? function
            : _functions.GetOrAdd(kernel, static (asked, self) => self.Load(asked), this);

    public void Dispose()
    {
        foreach (var module in _modules.Values)
            module.Dispose();
    }

    private nint Load(CudaKernel kernel) => thread.Call(context =>
    {
        if (!_modules.TryGetValue(kernel.Module, out var module))
            _modules[kernel.Module] = module = new CudaModuleHandle(context, kernel.Module + ".ptx", Ptx(kernel.Module));
        return module.Function(kernel.Name);
    });

    /// <summary>The embedded file and a NUL.</summary>
    internal static byte[] Ptx(string module)
    {
        var name = $"Cluster.Compute.Cuda.{module}.ptx";
        using var stream = typeof(CudaKernels).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in {typeof(CudaKernels).Assembly.GetName().Name}.");
        var text = new byte[stream.Length + 1];
        stream.ReadExactly(text, 0, (int)stream.Length);
        return text;
    }
}
