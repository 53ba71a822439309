using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Cluster.Contracts.Tensors;

namespace Cluster.Cli.Output;

/// <summary>Tensors as people write and read them: <c>1,2,3</c> or <c>[[1,2],[3,4]]</c>.</summary>
internal static class TensorText
{
    private const int MaxShownValues = 1000;
    private const int MaxShownText = 60;

    public static bool TryParse(string text, [NotNullWhen(true)] out FloatTensor? tensor, out string problem)
    {
        tensor = null;
        problem = "must be numbers such as 1,2,3 or [[1,2],[3,4]]";
        try
        {
            using var json = JsonDocument.Parse(text.Contains(',', StringComparison.Ordinal) && !text.TrimStart().StartsWith('[') ? $"[{text}]" : text);
            var shape = new List<int>();
            for (var level = json.RootElement; level.ValueKind == JsonValueKind.Array; level = level[0])
            {
                shape.Add(level.GetArrayLength());
                if (shape[^1] == 0) return Fail(out problem, "has an empty list");
            }

            var values = new List<float>();
            if (!Collect(json.RootElement, shape, 0, values)) return Fail(out problem, "has lists of unequal lengths, or something that is no finite number");
            tensor = new FloatTensor(shape, values);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary><c>[[11, 22], [33, 44]]</c>; of a large one the first thousand values.</summary>
    public static string Write(FloatTensor tensor)
    {
        var text = new StringBuilder();
        var next = 0;
        Write(text, tensor, 0, ref next);
        return text.ToString();
    }

    public static string Shown(string text) => text.Length <= MaxShownText ? text : $"{text.AsSpan(0, MaxShownText)}…";

    private static bool Collect(JsonElement element, List<int> shape, int level, List<float> values)
    {
        if (level == shape.Count)
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetSingle(out var value) || !float.IsFinite(value)) return false;
            values.Add(value);
            return true;
        }

        return element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == shape[level]
            && element.EnumerateArray().All(inner => Collect(inner, shape, level + 1, values));
    }

    private static void Write(StringBuilder text, FloatTensor tensor, int level, ref int next)
    {
        if (level == tensor.Shape.Count)
        {
            text.Append(tensor.Values[next++].ToString(CultureInfo.InvariantCulture));
            return;
        }

        text.Append('[');
        for (var i = 0; i < tensor.Shape[level]; i++)
        {
            if (i > 0) text.Append(", ");
            if (next >= MaxShownValues)
            {
                text.Append('…');
                break;
            }

            Write(text, tensor, level + 1, ref next);
        }

        text.Append(']');
    }

    private static bool Fail(out string problem, string message)
    {
        problem = message;
        return false;
    }
}
