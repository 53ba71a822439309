using System.Runtime.InteropServices;
using Cluster.Compute.Cuda.Driver;
using Cluster.Compute.Cuda.Execution;
using Cluster.Compute.Cuda.Memory;
using Cluster.Compute.Devices;

namespace Cluster.Compute.Cuda;

/// <summary>
/// A stream of the driver. Copies go through two pinned buffers in turn: while the device copies from one, the caller fills
/// the other. Two streams of a device overlap: one copies while the other computes.
/// </summary>
/// <remarks>
/// For one calling thread at a time. A buffer that is given back may be rented again on this stream at once, since its
/// operations are in order; the device's pool gets it when this stream is waited for, because other streams are not.
/// </remarks>
internal sealed partial class CudaStream : IDeviceStream
{
    private readonly CudaThread _thread;
    private readonly CudaQueue _queue;
    private readonly CudaCompletion _finished;
    private readonly StagingBuffer?[] _staging = new StagingBuffer?[2];
    private readonly List<CudaMemoryHandle> _returned = [];
    private int _nextStaging;
    private nint _cublasHandle;
    private bool _isDisposed;

    private CudaStream(CudaDevice device, CudaStreamHandle stream, CudaEventHandle finished)
    {
        (CudaDevice, _thread) = (device, device.Thread);
        _queue = new CudaQueue(stream);
        _finished = new CudaCompletion(finished);
    }

    public IDevice Device => CudaDevice;

    public CudaDevice CudaDevice { get; }

    /// <exception cref="CudaException">The device is lost or out of memory.</exception>
    public static CudaStream Open(CudaDevice device) => device.Thread.Call(context =>
    {
        var stream = new CudaStreamHandle(context);
        try
        {
            return new CudaStream(device, stream, new CudaEventHandle(context));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    });

    public DeviceBuffer Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new CudaBuffer(this, length > 0 ? RentMemory(sizeof(float) * (long)length) : null, length);
    }

    public void Upload(ReadOnlySpan<float> source, DeviceSpan target)
    {
        SpanChecks.RequireLength(target, source.Length, nameof(target), nameof(source));
        var bytes = MemoryMarshal.AsBytes(source);
        var address = Address(target);
        for (var offset = 0; offset < bytes.Length; offset += StagingBuffer.Bytes)
        {
            var piece = bytes[offset..Math.Min(bytes.Length, offset + StagingBuffer.Bytes)];
            var staging = TakeStaging();
            piece.CopyTo(staging.Memory.Span);
            Post(new CudaCommand
            {
                Operation = CudaOperation.Upload,
                Pointer = staging.Memory.Value,
                Target = address + (ulong)offset,
                Bytes = piece.Length,
            });
            Record(staging);
        }
    }

    public void Download(DeviceSpan source, Span<float> target)
    {
        SpanChecks.RequireLength(source, target.Length, nameof(source), nameof(target));
        Download(Address(source), MemoryMarshal.AsBytes(target));
    }

    public void Synchronize()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        try
        {
            _thread.PostAndWait(new CudaCommand { Operation = CudaOperation.Finish, Queue = _queue, Completion = _finished });
        }
        finally
        {
            GiveBack();
        }
    }

    /// <summary>Waits for what was enqueued, whose failures are nobody's any more, and gives the memory back.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        try
        {
            Synchronize();
        }
        catch (Exception failure) when (failure is DeviceException or ObjectDisposedException)
        {
            // The device says so to whoever uses it next.
        }

        _isDisposed = true;
        CloseCublas();
        foreach (var staging in _staging)
            staging?.Dispose();
        _finished.Dispose();
        _queue.Stream.Dispose();
    }

    /// <summary>On the device's thread, where the context is; with a lost device or after it the handle goes with the context.</summary>
    private void CloseCublas()
    {
        if (_cublasHandle == 0 || CudaDevice.Lost is not null || CudaDevice.IsDisposed) return;
        _thread.Call(_ =>
        {
            CudaDevice.Cublas!.Close(_cublasHandle);
            return true;
        });
    }

    /// <summary>Takes memory back that operations enqueued so far may still use. From any thread that disposes a buffer.</summary>
    internal void Return(CudaMemoryHandle memory)
    {
        lock (_returned)
        {
            if (!_isDisposed)
            {
                _returned.Add(memory);
                return;
            }
        }

        CudaDevice.Memory.Return(memory);
    }

    private void Download(ulong address, Span<byte> target)
    {
        var (previous, copied) = (default(StagingBuffer), 0);
        for (var offset = 0; offset < target.Length; offset += StagingBuffer.Bytes)
        {
            var staging = TakeStaging();
            Post(new CudaCommand
            {
                Operation = CudaOperation.Download,
                Pointer = staging.Memory.Value,
                Source = address + (ulong)offset,
                Bytes = Math.Min(StagingBuffer.Bytes, target.Length - offset),
            });
            Record(staging);
            if (previous is not null) copied += CopyFrom(previous, target[copied..]);
            previous = staging;
        }

        if (previous is not null) CopyFrom(previous, target[copied..]);
        Synchronize();
    }

    private int CopyFrom(StagingBuffer staging, Span<byte> target)
    {
        Await(staging);
        var bytes = Math.Min(StagingBuffer.Bytes, target.Length);
        staging.Memory.Span[..bytes].CopyTo(target);
        return bytes;
    }

    /// <summary>The pinned buffer whose copy was enqueued longest ago, when that is done.</summary>
    private StagingBuffer TakeStaging()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ref var staging = ref _staging[_nextStaging];
        _nextStaging = (_nextStaging + 1) % _staging.Length;
        staging ??= _thread.Call(StagingBuffer.Open);
        Await(staging);
        return staging;
    }

    private void Record(StagingBuffer staging)
    {
        Post(new CudaCommand { Operation = CudaOperation.Record, Completion = staging.Completion });
        staging.Completion.IsRecorded = true;
    }

    private void Await(StagingBuffer staging)
    {
        if (!staging.Completion.IsRecorded) return;
        staging.Completion.IsRecorded = false;
        _thread.PostAndWait(new CudaCommand { Operation = CudaOperation.Await, Queue = _queue, Completion = staging.Completion });
    }

    private void Post(CudaCommand command)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        command.Queue = _queue;
        _thread.Post(in command);
    }

    private CudaMemoryHandle RentMemory(long bytes)
    {
        if (TakeReturned(CudaMemoryPool.BlockFor(bytes)) is { } memory) return memory;
        try
        {
            return CudaDevice.Memory.Rent(bytes);
        }
        catch (CudaException failure) when (failure.IsOutOfMemory && HasReturned())
        {
            Synchronize();
            return CudaDevice.Memory.Rent(bytes);
        }
    }

    private CudaMemoryHandle? TakeReturned(long block)
    {
        lock (_returned)
        {
            var index = _returned.FindIndex(memory => memory.Bytes == block);
            if (index < 0) return null;
            var memory = _returned[index];
            _returned.RemoveAt(index);
            return memory;
        }
    }

    private bool HasReturned()
    {
        lock (_returned) return _returned.Count > 0;
    }

    private void GiveBack()
    {
        lock (_returned)
        {
            foreach (var memory in _returned)
                CudaDevice.Memory.Return(memory);
            _returned.Clear();
        }
    }

    /// <exception cref="ArgumentException">The span belongs to another device.</exception>
    private ulong Address(DeviceSpan span)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return span.Buffer is CudaBuffer buffer && ReferenceEquals(buffer.Device, CudaDevice)
            ? buffer.Address(span)
            : throw new ArgumentException($"The span belongs to another device than {CudaDevice.Info.Name} ({CudaDevice.Info.Index}).", nameof(span));
    }
}
