using Cluster.Contracts.Data;

namespace Cluster.Storage.Data;

/// <summary>A data set that is about to be written.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Import">Where it comes from, and its name if it has one.</param>
/// <param name="TimeToLive">How long Redis keeps one that has no name after it was loaded or last used.</param>
/// <param name="Added">When.</param>
public sealed record NewDataSet(string Id, DataImport Import, TimeSpan TimeToLive, DateTimeOffset Added = default)
{
    /// <summary>How long it is kept; null for until it is removed.</summary>
    internal TimeSpan? Keep => Import.Name is null ? TimeToLive : null;
}
