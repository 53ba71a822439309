using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cluster.Contracts.Tensors;

/// <summary>A dense float32 tensor, row-major. An empty shape is a scalar.</summary>
/// <param name="Shape">Length of each dimension, outermost first.</param>
/// <param name="Values">As many as the product of the lengths.</param>
public sealed record FloatTensor(IReadOnlyList<int> Shape, IReadOnlyList<float> Values)
{
    /// <summary>Most elements of an operand or a result of an op.</summary>
    public const int MaxElements = 16_384;

    /// <summary>Most dimensions.</summary>
    public const int MaxRank = 8;

    /// <summary><c>[2,3]</c>; <c>[]</c> for a scalar.</summary>
    [JsonIgnore]
    public string ShapeText => TextOf(Shape);

    /// <summary>Elements that a shape says; a huge one is <see cref="long.MaxValue"/> at the most.</summary>
    public static long ElementsOf(IReadOnlyList<int> shape)
        => (long)shape.Aggregate(1.0, (product, length) => Math.Min(product * length, long.MaxValue / 2));

    /// <summary>Reads the result of an op: <c>{"shape", "values"}</c>, where a value may be <c>"Infinity"</c> or <c>"NaN"</c>.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static FloatTensor Read(JsonElement json) => json.Deserialize(TensorJson.Default.FloatTensor) ?? throw new JsonException("a tensor is null");

    /// <summary>Writes the result of an op, as <see cref="Read"/> takes it.</summary>
    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, TensorJson.Default.FloatTensor);

    public static string TextOf(IReadOnlyList<int> shape) => $"[{string.Join(',', shape)}]";

    /// <summary>What is wrong with it by itself; null where nothing is.</summary>
    public string? Problem()
    {
        if (Shape.Count > MaxRank) return $"has {Shape.Count} dimensions; at most {MaxRank} are allowed";
        if (Shape.Any(length => length < 1)) return $"has shape {ShapeText}; every length must be at least 1";
        if (ElementsOf(Shape) > MaxElements) return $"has shape {ShapeText}, {ElementsOf(Shape)} elements; at most {MaxElements} are allowed";
        if (ElementsOf(Shape) != Values.Count) return $"has shape {ShapeText}, {ElementsOf(Shape)} elements, and {Values.Count} values";
        return Values.All(float.IsFinite) ? null : "must have finite values";
    }
}

/// <summary>How tensors are written. An op may overflow: <c>"Infinity"</c> and <c>"NaN"</c> are values too.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(FloatTensor))]
internal sealed partial class TensorJson : JsonSerializerContext;
