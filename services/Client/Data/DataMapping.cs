using V1 = Cluster.Contracts.Data.V1;

namespace Cluster.Client.Data;

/// <summary>Data sets from the wire.</summary>
internal static class DataMapping
{
    public static DataSetInfo ToInfo(this V1.DataSet set) => new(set.Id, [.. set.Features], set.Label, set.Rows, set.Fingerprint)
    {
        Name = set.Name.Length == 0 ? null : set.Name,
        Source = set.Source,
        IsShared = set.Shared,
        Added = set.AddedAt?.ToDateTimeOffset() ?? default,
    };

    public static DataSetDetails ToDetails(this V1.DataSetDetails details) => new(
        details.DataSet.ToInfo(),
        [.. details.Columns.Select(column => new ColumnInfo(column.Name, column.Min, column.Mean, column.Max))],
        [.. details.Classes.Select(count => new LabelRows(count.Label, count.Rows))]);

    public static DataLoadProgress ToProgress(this V1.LoadProgress progress) => new(
        progress.Rows, progress.TotalRows > 0 ? progress.TotalRows : null, progress.Bytes, progress.TotalBytes > 0 ? progress.TotalBytes : null);
}
