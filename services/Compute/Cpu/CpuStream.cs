using Cluster.Compute.Dense;
using Cluster.Compute.Devices;
using Cluster.Compute.MatMul;
using Cluster.Compute.Memory;

namespace Cluster.Compute.Cpu;

/// <summary>
/// Operations on the CPU: each is done when it returns, on the calling thread and, where it is worth it, the device's helpers.
/// Nothing is allocated for an operation once the stream has done one of its size; a lease is one small object.
/// </summary>
internal sealed partial class CpuStream : IDeviceStream
{
    private readonly CpuDevice _device;
    private readonly MatMulKernel _matMul;
    private readonly CpuScratch _sums;

    /// <summary>By <see cref="Activation"/>.</summary>
    private readonly DenseKernel[] _dense =
    [
        new DenseKernel<IdentityFunction>(), new DenseKernel<ReluFunction>(),
        new DenseKernel<TanhFunction>(), new DenseKernel<SigmoidFunction>(),
    ];

    private bool _isDisposed;

    public CpuStream(CpuDevice device) =>
        (_device, _matMul, _sums) = (device, MatMulKernel.For(device.Width, device.Team, device.Memory), new CpuScratch(device.Memory));

    public IDevice Device => _device;

    public DeviceBuffer Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ThrowIfDisposed();
        return new CpuBuffer(_device, _device.Memory.Rent(length), length);
    }

    public void Upload(ReadOnlySpan<float> source, DeviceSpan target)
    {
        var to = Use(target, nameof(target));
        RequireSameLength(source.Length, target.Length);
        source.CopyTo(to);
    }

    public void Download(DeviceSpan source, Span<float> target)
    {
        var from = Use(source, nameof(source));
        RequireSameLength(source.Length, target.Length);
        from.AsSpan().CopyTo(target);
    }

    /// <summary>Nothing is ever under way.</summary>
    public void Synchronize() => ThrowIfDisposed();

    /// <summary>Gives back what it kept for packing and sums; its buffers stay their owners'.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _matMul.Dispose();
        _sums.Dispose();
    }

    /// <summary>The memory of a span.</summary>
    /// <exception cref="ArgumentException">It is not of this device.</exception>
    /// <exception cref="ObjectDisposedException">Its buffer, this stream or the device has been disposed.</exception>
    private ArraySegment<float> Use(DeviceSpan span, string name)
    {
        ThrowIfDisposed();
        return span.Buffer is CpuBuffer buffer && ReferenceEquals(buffer.Device, _device)
            ? buffer.Slice(span)
            : throw new ArgumentException($"{name} is not memory of {_device.Info.Name}, the device of this stream.", name);
    }

    private void ThrowIfDisposed()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ObjectDisposedException.ThrowIf(_device.IsDisposed, _device);
    }

    private static void RequireSameLength(int source, int target)
    {
        if (source != target)
            throw new ArgumentException($"The source has {source} elements, the target has {target}.", nameof(target));
    }
}
