using System.Globalization;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Storage.Data;

namespace Cluster.Coordinator.Planning;

/// <summary>How many classes a data set has for a model that names classes, and whether its labels are such; seen before a job begins,
/// not where its loss goes astray.</summary>
internal sealed class LabelPlanner(RedisDataSets dataSets, LabelCounts labels)
{
    /// <summary>The spec with the classes of its data set, where softmax is not told how many; as it is where the labels are none.</summary>
    /// <exception cref="DataFormatException">A part of the data set is gone or damaged.</exception>
    public async Task<TrainingSpec> WithClassesAsync(TrainingSpec spec, CancellationToken cancellationToken)
    {
        if (spec is not { Model: TrainingNames.Softmax, Classes: null }) return spec;
        var record = spec.Data is null ? null : await dataSets.FindAsync(spec.Data, cancellationToken);
        if (spec.Data is not null && record is null) return spec;
        float largest = 1;
        await foreach (var count in labels.ReadAsync(spec, record, cancellationToken))
        {
            if (!LabelCounts.IsClass(count.Label, TrainingSpec.MaxClasses)) return spec;
            largest = Math.Max(largest, count.Label);
        }

        return spec with { Classes = (int)largest + 1 };
    }

    /// <summary>The first label that is no class of the model, and how many rows have such ones; none where it has no classes.</summary>
    /// <exception cref="DataFormatException">A part of the data set is gone or damaged.</exception>
    public async Task<IReadOnlyList<SpecViolation>> CheckAsync(TrainingSpec spec, DataSetRecord? record, CancellationToken cancellationToken)
    {
        if (ClassesOf(spec) is not { } classes) return [];
        var (first, rows, wrong, all) = ((float?)null, 0L, 0L, 0L);
        await foreach (var count in labels.ReadAsync(spec, record, cancellationToken))
        {
            all += count.Rows;
            if (LabelCounts.IsClass(count.Label, classes)) continue;
            first ??= count.Label;
            wrong += count.Rows;
            if (count.Label == first) rows += count.Rows;
        }

        return first is not { } label ? [] : [new SpecViolation("label", label.ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture,
            $"must be a whole number from 0 to {classes - 1} for model {spec.Model}; {rows} of {all} rows have this one, {wrong} one that is none"))];
    }

    /// <summary>Classes of the labels that the model takes; null where they need not be classes.</summary>
    public static int? ClassesOf(TrainingSpec spec) => spec.Model switch
    {
        TrainingNames.Logistic => 2,
        TrainingNames.Softmax => spec.Classes ?? TrainingSpec.MaxClasses,
        TrainingNames.Mlp => spec.Classes,
        _ => null,
    };
}
