using System.Globalization;
using Cluster.Contracts.Jobs;
using Cluster.DataPlane.Frames;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Shards;

/// <summary>What an Open says of a shard, checked whole.</summary>
internal static class ShardSettings
{
    public const int MaxStreams = 1024;

    /// <summary>Everything that is wrong with a shard, field by field.</summary>
    public static IReadOnlyList<SpecViolation> Check(V1.Shard? shard)
    {
        var wrong = new List<SpecViolation>();
        if (shard is null)
            return [new SpecViolation("shard", "", "must be set")];
        CheckRange(wrong, "shard.lanes", shard.Lanes, 1, BlockTree.MaxLanes);
        CheckRange(wrong, "shard.offset", shard.Offset, 0, long.MaxValue - FrameLimits.MaxLength);
        CheckRange(wrong, "shard.length", shard.Length, 1, FrameLimits.MaxLength);
        CheckRange(wrong, "shard.streams", shard.Streams, 1, MaxStreams);
        CheckRange(wrong, "shard.mode", (long)shard.Mode, (long)V1.Mode.Synchronous, (long)V1.Mode.Bounded);
        CheckRange(wrong, "shard.staleness", shard.Staleness, 0, shard.Mode == V1.Mode.Bounded ? StalenessHistogram.MaxExact : 0);
        CheckOptimizer(wrong, shard.Optimizer);
        InitialParameters.Check(wrong, shard.Initial, shard.Length);
        return wrong;
    }

    /// <summary>Only of a shard that was found right.</summary>
    public static ShardOptions ToOptions(V1.Shard shard) => new()
    {
        Lanes = shard.Lanes,
        Length = shard.Length,
        Streams = shard.Streams,
        Optimizer = shard.Optimizer.ToOptimizer(),
        Staleness = shard.Mode == V1.Mode.Bounded ? shard.Staleness : null,
    };

    internal static void CheckRange(List<SpecViolation> wrong, string field, long value, long least, long most)
    {
        if (value < least || value > most)
            wrong.Add(new SpecViolation(field, value.ToString(CultureInfo.InvariantCulture), FormattableString.Invariant($"must be from {least} to {most}")));
    }

    internal static void CheckPositive(List<SpecViolation> wrong, string field, float value)
    {
        if (!float.IsFinite(value) || value <= 0)
            wrong.Add(new SpecViolation(field, value.ToString(CultureInfo.InvariantCulture), "must be finite and above 0"));
    }

    private static void CheckOptimizer(List<SpecViolation> wrong, V1.Optimizer? optimizer)
    {
        if (optimizer is null)
        {
            wrong.Add(new SpecViolation("shard.optimizer", "", "must be set"));
            return;
        }

        OptimizerCheck.Check(wrong, optimizer);
    }
}
