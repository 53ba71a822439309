using System.Security.Cryptography;
using Cluster.DataPlane.Client;
using Cluster.DataPlane.Sending;
using Cluster.Protocol.Segments;
using Cluster.Storage.Training;
using Microsoft.Extensions.Options;

namespace Cluster.Worker.Training;

/// <summary>What the exchanges of a process share.</summary>
internal sealed class SegmentExchangeContext(
    StoreDirectory directory, RedisTraining training, TrainingMetrics metrics, IOptions<WorkerOptions> options, TimeProvider time,
    ILogger<SegmentExchange> logger)
{
    /// <summary>How long a lane may take for one step.</summary>
    public TimeSpan BatchTimeout => options.Value.BatchTimeout;

    public TimeProvider Time => time;

    public TrainingMetrics Metrics => metrics;

    public StoreLink CreateLink(int task, IExchangeSink sink, WakeUp opened) => new(task, sink, directory, opened, time, logger);

    public GenerationWatch Watch(SegmentRun run, Action<SegmentRun, Generation> superseded) => new(training, run, superseded, time);

    /// <summary>Names a slot's work on an item to the ps tasks: random, not 0.</summary>
    public static ulong NewWorker()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes) | 1;
    }
}
