using Cluster.Cli.Output;
using Cluster.Client.Data;

namespace Cluster.Cli.Data;

/// <summary>What a data set holds, for people.</summary>
internal static class DataReport
{
    /// <summary>Columns and classes that are shown; all are in the JSON.</summary>
    private const int MaxRows = 100;

    public static void Write(TextWriter output, DataSetDetails details)
    {
        var info = details.Info;
        var head = new TextTable("data set", info.Id);
        if (info.Name is { } name) head.Add("name", name);
        head.Add("rows", Figures.Count(info.Rows));
        head.Add("features", Figures.Count(info.Features.Count));
        head.Add("label", info.Label);
        head.Add("source", info.IsShared ? $"{info.Source}, read by each worker" : info.Source);
        head.Add("added", Figures.Moment(info.Added));
        head.Add("fingerprint", info.Fingerprint);
        head.Write(output);
        output.WriteLine();
        WriteColumns(output, details.Columns);
        if (details.Classes.Count == 0) return;
        output.WriteLine();
        WriteClasses(output, details.Classes);
    }

    private static void WriteColumns(TextWriter output, IReadOnlyList<ColumnInfo> columns)
    {
        var table = new TextTable("COLUMN", "MIN", "MEAN", "MAX");
        foreach (var column in columns.Count <= MaxRows ? columns : [.. columns.Take(MaxRows - 1), columns[^1]])
            table.Add(column.Name, Figures.Number(column.Min), Figures.Number(column.Mean), Figures.Number(column.Max));
        table.Write(output);
        if (columns.Count > MaxRows) output.WriteLine($"… {Figures.Count(columns.Count - MaxRows)} columns more before the label; all with --json");
    }

    private static void WriteClasses(TextWriter output, IReadOnlyList<LabelRows> classes)
    {
        var table = new TextTable("CLASS", "ROWS");
        foreach (var (label, rows) in classes.Take(MaxRows)) table.Add(Figures.Number(label), Figures.Count(rows));
        table.Write(output);
        if (classes.Count > MaxRows) output.WriteLine($"… {Figures.Count(classes.Count - MaxRows)} classes more; all with --json");
    }
}
