using System.Runtime.CompilerServices;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Storage.Data;

namespace Cluster.Coordinator.Planning;

/// <summary>The labels of a data set, or of the example.</summary>
internal sealed class LabelCounts(RedisDataSets dataSets)
{
    /// <summary>Whether a label is one of the classes 0 to <paramref name="classes"/> - 1.</summary>
    public static bool IsClass(float label, int classes) => label >= 0 && label < classes && label == MathF.Floor(label);

    /// <summary>Every label at least once. The summary has them where they are whole numbers and few; else every row is looked at.</summary>
    /// <exception cref="DataFormatException">A part of the data set is gone or damaged.</exception>
    public async IAsyncEnumerable<LabelCount> ReadAsync(
        TrainingSpec spec, DataSetRecord? record, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var summary = record is null
            ? DataSummaryBuilder.Of(LineExample.Create(spec.Seed))
            : await dataSets.SummaryAsync(spec.Data!, cancellationToken);
        if (summary?.Classes is { } counts)
        {
            foreach (var count in counts) yield return count;
            yield break;
        }

        var chunks = record is null
            ? LineExample.Create(spec.Seed).Chunks.ToAsyncEnumerable()
            : dataSets.ReadChunksAsync(spec.Data!, record, cancellationToken);
        await foreach (var chunk in chunks)
        {
            for (var row = 0; row < chunk.Rows; row++) yield return new LabelCount(chunk.Labels[row], 1);
        }
    }
}
