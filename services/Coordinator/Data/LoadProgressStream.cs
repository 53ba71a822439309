using System.Threading.Channels;
using Cluster.Contracts.Data.V1;
using Grpc.Core;

namespace Cluster.Coordinator.Data;

/// <summary>Passes on how far a load is, the newest word only, and at most a few times a second.</summary>
internal sealed class LoadProgressStream(IServerStreamWriter<AddUpdate> stream, TimeProvider time) : IProgress<LoadProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Channel<LoadProgress> _newest = Channel.CreateBounded<LoadProgress>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public void Report(LoadProgress value) => _newest.Writer.TryWrite(value);

    /// <summary>Passes on until the load ends, and returns what it came to.</summary>
    public async Task<T> PassOnAsync<T>(Task<T> loading, CancellationToken cancellationToken)
    {
        _ = loading.ContinueWith(_ => _newest.Writer.TryComplete(), CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await foreach (var progress in _newest.Reader.ReadAllAsync(cancellationToken))
            {
                await stream.WriteAsync(new AddUpdate { Progress = progress }, cancellationToken);
                await Task.WhenAny(loading, Task.Delay(Pause, time, cancellationToken));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException or RpcException)
        {
            // The client is gone: what it asked for ends by the same token, and says so.
        }

        return await loading;
    }
}
