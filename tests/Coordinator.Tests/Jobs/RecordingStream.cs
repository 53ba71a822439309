using System.Collections.Concurrent;
using Grpc.Core;

namespace Cluster.Coordinator.Tests.Jobs;

/// <summary>A client's end of a stream: what was written to it.</summary>
internal sealed class RecordingStream<T> : IServerStreamWriter<T>
{
    private readonly ConcurrentQueue<T> _written = [];

    public IReadOnlyCollection<T> Written => _written;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message)
    {
        _written.Enqueue(message);
        return Task.CompletedTask;
    }

    public Task WriteAsync(T message, CancellationToken cancellationToken) => WriteAsync(message);
}
