using System.Globalization;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Storage.Data;

namespace Cluster.Coordinator.Planning;

/// <summary>What a plan fixes of a job's data.</summary>
internal sealed record PlannedData(int Features, long Rows, long TestRows, Standardisation? Standardisation, string Fingerprint);

/// <summary>Fixes a job's split, and the statistics by which its features are standardised: computed here, once, over the training rows.</summary>
internal sealed class DataPlanner(RedisDataSets dataSets)
{
    /// <summary>What is wrong with the split and the standardisation for this data set; null for the example.</summary>
    public static IReadOnlyList<SpecViolation> Check(TrainingSpec spec, DataSetRecord? record)
    {
        var rows = record?.Rows ?? LineExample.Rows;
        var features = record?.Features.Count ?? 1;
        if (spec.TestFraction > 0 && rows < 2)
            return [new SpecViolation("testFraction", spec.TestFraction.ToString(CultureInfo.InvariantCulture), $"must be 0 for a data set of {rows} row")];
        if (spec.Standardise && features > TrainingSpec.MaxStandardisedFeatures)
            return [new SpecViolation("standardise", "true", $"takes at most {TrainingSpec.MaxStandardisedFeatures} features, the data set has {features}")];
        return [];
    }

    /// <exception cref="DataFormatException">A part of the data set is gone.</exception>
    /// <exception cref="ArgumentException">The data set cannot be divided so.</exception>
    public async Task<PlannedData> PlanAsync(TrainingSpec spec, DataSetRecord? record, CancellationToken cancellationToken)
    {
        if (record is null)
        {
            var example = LineExample.Create(spec.Seed);
            var ofExample = Split(spec, example.Rows);
            var standardisation = spec.Standardise ? StandardisationBuilder.Of(example, ofExample) : null;
            return new PlannedData(example.FeatureCount, example.Rows, ofExample.TestRows, standardisation, Fingerprint: "");
        }

        var split = Split(spec, record.Rows);
        return new PlannedData(
            record.Features.Count, record.Rows, split.TestRows,
            spec.Standardise ? await StatisticsAsync(spec.Data!, record, split, cancellationToken) : null, record.Fingerprint);
    }

    private static DataSplit Split(TrainingSpec spec, long rows) => new(rows, DataSplit.CountTestRows(rows, spec.TestFraction), spec.Seed);

    private async Task<Standardisation> StatisticsAsync(string id, DataSetRecord record, DataSplit split, CancellationToken cancellationToken)
    {
        var builder = new StandardisationBuilder(split, record.Features.Count);
        await foreach (var chunk in dataSets.ReadChunksAsync(id, record, cancellationToken)) builder.Add(chunk);
        return builder.Build();
    }
}
