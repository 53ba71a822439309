using System.Text.Json;

namespace Cluster.Cli.Output;

/// <summary>A job's spec for people.</summary>
internal static class SpecText
{
    private const int MaxLength = 120;

    /// <summary><c>model=mlp data=digits lanes=4</c>: what is set, on one line; <c>cluster job</c> has it whole.</summary>
    public static string Brief(JsonElement spec)
    {
        if (spec.ValueKind != JsonValueKind.Object) return Shortened(spec.GetRawText());
        var fields = spec.EnumerateObject().Where(field => IsSet(field.Value)).Select(field => $"{field.Name}={Text(field.Value)}");
        return Shortened(string.Join(' ', fields));
    }

    private static bool IsSet(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False or JsonValueKind.Undefined => false,
        JsonValueKind.String => value.GetString()!.Length > 0,
        JsonValueKind.Number => !value.TryGetDouble(out var number) || number != 0,
        _ => true,
    };

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static string Shortened(string text) => text.Length <= MaxLength ? text : $"{text.AsSpan(0, MaxLength - 1)}…";
}
