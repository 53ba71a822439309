using Cluster.Contracts.Data.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.TestCoordinator;

/// <summary>Data sets as a coordinator describes them.</summary>
public static class SampleDataSets
{
    public static DataSet Of(string name, string source) => new()
    {
        Id = "data-1",
        Name = name,
        Source = source,
        Features = { "x" },
        Label = "y",
        Rows = 3,
        Fingerprint = "ab",
        AddedAt = Timestamp.FromDateTime(new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc)),
    };

    public static DataSetDetails Details() => new()
    {
        DataSet = Of("houses", "houses.csv"),
        Columns = { new Column { Name = "x", Min = -1, Mean = 0.5, Max = 2 }, new Column { Name = "y", Min = 0, Mean = 1, Max = 2 } },
        Classes = { new LabelCount { Label = 0, Rows = 1 }, new LabelCount { Label = 2, Rows = 2 } },
    };
}
