using System.Globalization;
using Cluster.ParameterStore.Shards;

namespace Cluster.ParameterStore.Tasks;

/// <summary>What a ps task says of itself to people.</summary>
internal static class TaskDescription
{
    private const int NamedShards = 3;

    /// <summary><c>train-ab12cd34 clock 1200, 3 MiB</c>; of many shards the first three by name, and how many more there are.</summary>
    public static string Doing(IEnumerable<ShardHost> shards)
    {
        ShardHost[] byName = [.. shards.OrderBy(shard => shard.Loop.Job, StringComparer.Ordinal)];
        var named = byName.Take(NamedShards).Select(Doing);
        return string.Join("; ", byName.Length <= NamedShards
            ? named
            : named.Append(string.Create(CultureInfo.InvariantCulture, $"and {byName.Length - NamedShards} more")));
    }

    /// <summary>Bytes in the largest binary unit of which there is one.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):0.#} KiB"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.#} GiB"),
    };

    private static string Doing(ShardHost shard) =>
        string.Create(CultureInfo.InvariantCulture, $"{shard.Loop.Job} clock {shard.Loop.Clock}, {Size(shard.MemoryBytes)}");
}
