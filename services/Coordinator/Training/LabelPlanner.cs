using System.Globalization;
using System.Runtime.CompilerServices;
using Cluster.Contracts.Jobs;
using Cluster.Persistence.Data;
using Cluster.Training.Data;

namespace Cluster.Coordinator.Training;

/// <summary>How many classes a data set has for a model that names classes, and whether its labels are such; seen before a job begins, not where its loss goes astray.</summary>
internal sealed class LabelPlanner(RedisDataSets dataSets)
{
    /// <summary>The spec with the classes of its data set, where softmax is not told how many; as it is where the labels are none.</summary>
    /// <exception cref="DataFormatException">A part of the data set is gone or damaged.</exception>
    public async Task<TrainingSpec> WithClassesAsync(TrainingSpec spec, CancellationToken cancellationToken)
    {
        if (spec is not { Model: TrainingNames.Softmax, Classes: null }) return spec;
        DataManifest? manifest = spec.Data is null ? null : await dataSets.FindAsync(spec.Data, cancellationToken);
        if (spec.Data is not null && manifest is null) return spec;
        float largest = 1;
        await foreach (LabelCount count in CountAsync(spec, manifest, cancellationToken))
        {
            if (!IsClass(count.Label, TrainingSpec.MaxClasses)) return spec;
            largest = Math.Max(largest, count.Label);
        }

        return spec with { Classes = (int)largest + 1 };
    }

    /// <summary>The first label that is no class of the model, and how many rows have such ones; none where it has no classes.</summary>
    /// <exception cref="DataFormatException">A part of the data set is gone or damaged.</exception>
    public async Task<IReadOnlyList<SpecViolation>> CheckAsync(TrainingSpec spec, DataManifest? manifest, CancellationToken cancellationToken)
    {
        if (ClassesOf(spec) is not { } classes) return [];
        (float? first, long rows, long wrong, long all) = (null, 0, 0, 0);
        await foreach (LabelCount count in CountAsync(spec, manifest, cancellationToken))
        {
            all += count.Rows;
            if (IsClass(count.Label, classes)) continue;
            first ??= count.Label;
            wrong += count.Rows;
            if (count.Label == first) rows += count.Rows;
        }

        return first is not { } label ? [] : [new SpecViolation("label", label.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture,
            $"must be a whole number from 0 to {classes - 1} for model {spec.Model}; {rows} of {all} rows have this one, {wrong} one that is none"))];
    }

    private static int? ClassesOf(TrainingSpec spec) => spec.Model switch
    {
        TrainingNames.Logistic => 2,
        TrainingNames.Softmax => spec.Classes ?? TrainingSpec.MaxClasses,
        TrainingNames.Mlp => spec.Classes,
        _ => null,
    };

    private static bool IsClass(float label, int classes) => label >= 0 && label < classes && label == MathF.Floor(label);

    // The summary has them where they are whole numbers and few; else every row is looked at.
    private async IAsyncEnumerable<LabelCount> CountAsync(TrainingSpec spec, DataManifest? manifest, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DataSummary? summary = manifest is null
            ? DataSummaryBuilder.Of(LineExample.Create(spec.Seed))
            : await dataSets.SummaryAsync(spec.Data!, cancellationToken);
        if (summary?.Classes is { } counts)
        {
            foreach (LabelCount count in counts) yield return count;
            yield break;
        }

        IAsyncEnumerable<DataChunk> chunks = manifest is null
            ? LineExample.Create(spec.Seed).Chunks.ToAsyncEnumerable()
            : dataSets.ReadChunksAsync(spec.Data!, manifest, cancellationToken);
        await foreach (DataChunk chunk in chunks)
        {
            for (int row = 0; row < chunk.Rows; row++) yield return new LabelCount(chunk.Labels[row], 1);
        }
    }
}
