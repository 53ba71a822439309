using System.Globalization;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Storage.Data;

namespace Cluster.Coordinator.Planning;

/// <summary>Where labels fit a spec, and yet the model may not be the one that its user meant.</summary>
internal sealed class ClassAdvice(LabelCounts labels)
{
    private const int MaxShownGaps = 5;

    /// <summary>A perceptron without classes is a regression: that must be said where every label can be the number of a class.</summary>
    /// <exception cref="DataFormatException">A part of the data set is gone or damaged.</exception>
    public async Task<IReadOnlyList<SpecViolation>> CheckAsync(TrainingSpec spec, DataSetRecord? record, CancellationToken cancellationToken)
    {
        // What goes on with a checkpoint is what that is.
        var goesOn = spec.From is not null && !spec.WeightsOnly;
        if (goesOn || spec is not { Model: TrainingNames.Mlp, Classes: null, Regression: false }) return [];
        var used = new HashSet<float>();
        await foreach (var count in labels.ReadAsync(spec, record, cancellationToken))
        {
            if (!LabelCounts.IsClass(count.Label, TrainingSpec.MaxSmallLabel + 1)) return [];
            used.Add(count.Label);
        }

        var (least, most) = (used.Min(), used.Max());
        return [new SpecViolation("classes", "", string.Create(CultureInfo.InvariantCulture,
            $"must be given where labels can be classes; here all are whole numbers from {least} to {most}: --classes {Math.Max(2, most + 1)} names a class, "
            + $"--regression predicts the label as a number"))];
    }

    /// <summary>Classes that no row has: a model learns nothing of them but not to name them.</summary>
    /// <exception cref="DataFormatException">A part of the data set is gone or damaged.</exception>
    public async Task<IReadOnlyList<string>> WarningsAsync(TrainingSpec spec, DataSetRecord? record, CancellationToken cancellationToken)
    {
        if (LabelPlanner.ClassesOf(spec) is not { } classes) return [];
        var used = new HashSet<int>();
        await foreach (var count in labels.ReadAsync(spec, record, cancellationToken)) used.Add((int)count.Label);
        if (Gaps(classes, used) is not { Length: > 0 } gaps) return [];
        return [string.Create(CultureInfo.InvariantCulture,
            $"no row has label {gaps}: model {spec.Model} has {classes} classes, 0 to {classes - 1}, and class k is label k, in predictions too; labels from "
            + $"0 to {used.Count - 1} would need no class without rows")];
    }

    // 0, 2-4.
    private static string Gaps(int classes, HashSet<int> used)
    {
        var gaps = new List<(int From, int To)>();
        for (var label = 0; label < classes; label++)
        {
            if (used.Contains(label)) continue;
            if (gaps.Count > 0 && gaps[^1].To == label - 1) gaps[^1] = (gaps[^1].From, label);
            else gaps.Add((label, label));
        }

        var shown = gaps.Take(MaxShownGaps)
            .Select(gap => gap.From == gap.To ? gap.From.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture,
            $"{gap.From}-{gap.To}"));
        return string.Join(", ", gaps.Count > MaxShownGaps ? shown.Append("…") : shown);
    }
}
