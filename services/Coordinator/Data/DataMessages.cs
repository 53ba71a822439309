using Cluster.Contracts.Data.V1;
using Cluster.Models.Data;
using Cluster.Storage.Data;
using Google.Protobuf.WellKnownTypes;
using DataSet = Cluster.Contracts.Data.V1.DataSet;

namespace Cluster.Coordinator.Data;

/// <summary>Data sets as messages.</summary>
internal static class DataMessages
{
    public static DataSet Of(string id, DataSetRecord record) => new()
    {
        Id = id,
        Features = { record.Features },
        Label = record.Label,
        Rows = record.Rows,
        Fingerprint = record.Fingerprint,
        Name = record.Name ?? "",
        Source = record.Source,
        Shared = record.Shared is not null,
        AddedAt = Timestamp.FromDateTimeOffset(record.Added),
    };

    public static DataSetDetails Of(string id, DataSetRecord record, DataSummary? summary)
    {
        var details = new DataSetDetails { DataSet = Of(id, record) };
        if (summary is null) return details;
        details.Columns.AddRange(summary.Columns.Select(column => new Column { Name = column.Name, Min = column.Min, Mean = column.Mean, Max = column.Max }));
        details.Classes.AddRange((summary.Classes ?? []).Select(count => new Contracts.Data.V1.LabelCount { Label = count.Label, Rows = count.Rows }));
        return details;
    }
}
