using System.Text.Json;
using Cluster.Client.Data;

namespace Cluster.Cli.Data;

/// <summary>Data sets as JSON.</summary>
internal static class DataJson
{
    /// <summary><c>{"id","name","rows","features":[…],"label","source","shared","added","fingerprint"}</c>.</summary>
    public static void Write(Utf8JsonWriter json, DataSetInfo set)
    {
        json.WriteStartObject();
        WriteFields(json, set);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<DataSetInfo> sets)
    {
        json.WriteStartArray();
        foreach (var set in sets) Write(json, set);
        json.WriteEndArray();
    }

    /// <summary>The same, and <c>"columns":[{"name","min","mean","max"}],"classes":[{"label","rows"}]</c>.</summary>
    public static void Write(Utf8JsonWriter json, DataSetDetails details)
    {
        json.WriteStartObject();
        WriteFields(json, details.Info);
        json.WriteStartArray("columns");
        foreach (var column in details.Columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteNumber("min", column.Min);
            json.WriteNumber("mean", column.Mean);
            json.WriteNumber("max", column.Max);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("classes");
        foreach (var (label, rows) in details.Classes)
        {
            json.WriteStartObject();
            json.WriteNumber("label", label);
            json.WriteNumber("rows", rows);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, DataSetInfo set)
    {
        json.WriteString("id", set.Id);
        json.WriteString("name", set.Name);
        json.WriteNumber("rows", set.Rows);
        json.WriteStartArray("features");
        foreach (var feature in set.Features) json.WriteStringValue(feature);
        json.WriteEndArray();
        json.WriteString("label", set.Label);
        json.WriteString("source", set.Source);
        json.WriteBoolean("shared", set.IsShared);
        json.WriteString("added", set.Added);
        json.WriteString("fingerprint", set.Fingerprint);
    }
}
