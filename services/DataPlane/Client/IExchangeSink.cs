using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.DataPlane.Client;

/// <summary>What a worker does with what ps tasks send. Called from each stream's receiving loop, so from several threads: the worker locks.</summary>
/// <remarks>A destination belongs to its stream from <see cref="TryReceive"/> to <see cref="Received"/>, or until the stream ends.</remarks>
public interface IExchangeSink
{
    /// <summary>The ps task answered an attachment.</summary>
    /// <param name="task">Index of the ps task.</param>
    /// <param name="outcome">Admitted, NotReady (attach again later) or Superseded.</param>
    /// <param name="current">The generation that the ps task knows.</param>
    void Attached(int task, PushOutcome outcome, Generation current);

    /// <summary>A slice begins.</summary>
    /// <returns>Whether it is wanted, and where it goes; false drops it.</returns>
    bool TryReceive(int task, SliceLabel label, out Memory<float> target);

    /// <summary>The slice is there as a whole.</summary>
    /// <param name="task">Index of the ps task.</param>
    /// <param name="label">What it is.</param>
    /// <param name="clocks">The lanes' clocks in asynchronous modes, else empty; valid during the call.</param>
    /// <param name="end">Where the segment ends that was open at the ps task when it served this version.</param>
    void Received(int task, SliceLabel label, ReadOnlySpan<long> clocks, long end);

    void Answered(int task, LaneBlock block, long clock, in PushAnswer answer, Generation current);

    void Answered(int task, in ParametersAnswer answer, Generation current);

    void Hinted(int task, in StealHint hint);
}
