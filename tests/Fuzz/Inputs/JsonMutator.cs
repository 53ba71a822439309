using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cluster.Fuzz.Inputs;

/// <summary>Damages JSON as JSON: values of the wrong type or at a border, properties dropped, doubled or unknown, nesting. Now and then as text.</summary>
internal sealed class JsonMutator
{
    private readonly TextMutator _text =
        new(["{", "}", "[", "]", "\"", ",", ":", "null", "true", "\\ud800", "\\u0000", "\"\\ud800\"", "{\"a\":", "1e400", "//", "\uFEFF"], "{}[],:\"");

    public byte[] Mutate(byte[] json, IReadOnlyList<byte[]> others, FuzzRandom random)
    {
        if (random.Once(4) || Parse(json) is not { } root) return _text.Mutate(json, others, random);
        for (var times = random.Few(6); times > 0; times--) root = Once(root, random) ?? new JsonObject();
        var written = Write(root);
        return random.Once(8) ? _text.Mutate(written, others, random) : written;
    }

    private static JsonNode? Once(JsonNode root, FuzzRandom random)
    {
        List<JsonNode> nodes = [];
        Collect(root, nodes);
        switch (random.Pick(nodes))
        {
            case JsonObject { Count: > 0 } map:
                Change(map, random);
                return root;
            case JsonArray list when list.Count < 2_000:
                Change(list, random);
                return root;
            case { Parent: { } parent } node:
                Replace(parent, node, Value(random));
                return root;
            default:
                return random.Once(4) ? Value(random) : root;
        }
    }

    private static void Change(JsonObject map, FuzzRandom random)
    {
        var name = random.Pick([.. map.Select(property => property.Key)]);
        switch (random.Below(4))
        {
            case 0:
                map.Remove(name);
                break;
            case 1:
                map[Interesting.Text(random)] = map[name]?.DeepClone();
                break;
            default:
                map[name] = Value(random);
                break;
        }
    }

    private static void Change(JsonArray list, FuzzRandom random)
    {
        var one = list.Count == 0 ? Value(random) : list[random.Below(list.Count)];
        switch (random.Below(4))
        {
            case 0 when list.Count > 0:
                list.RemoveAt(random.Below(list.Count));
                break;
            case 1:
                for (var i = random.Few(300); i > 0; i--) list.Add(one?.DeepClone());
                break;
            case 2 when list.Count > 0:
                list[random.Below(list.Count)] = Value(random);
                break;
            default:
                list.Add(Value(random));
                break;
        }
    }

    private static void Replace(JsonNode parent, JsonNode node, JsonNode? value)
    {
        if (parent is JsonObject map) map[node.GetPropertyName()] = value;
        else ((JsonArray)parent)[node.GetElementIndex()] = value;
    }

    private static JsonNode? Value(FuzzRandom random) => random.Below(9) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Once(2)),
        2 or 3 => JsonValue.Create(Interesting.Integer(random)),
        4 => Interesting.Float(random) is var number && double.IsFinite(number) ? JsonValue.Create(number) : "NaN",
        5 => new JsonArray(),
        6 => Nested(random.Few(100)),
        _ => JsonValue.Create(Interesting.Text(random)),
    };

    private static JsonArray Nested(int depth)
    {
        var inner = new JsonArray();
        for (var i = 0; i < depth; i++) inner = new JsonArray(inner);
        return inner;
    }

    private static void Collect(JsonNode node, List<JsonNode> nodes)
    {
        nodes.Add(node);
        var inner = node is JsonObject map ? map.Select(property => property.Value) : node is JsonArray list ? list : [];
        foreach (var one in inner)
        {
            if (one is not null && nodes.Count < 1_000) Collect(one, nodes);
        }
    }

    private static byte[] Write(JsonNode root)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { MaxDepth = 2_000 })) root.WriteTo(writer,
            new JsonSerializerOptions { MaxDepth = 2_000 });
        return stream.ToArray();
    }

    private static JsonNode? Parse(byte[] json)
    {
        try
        {
            return JsonNode.Parse(Encoding.UTF8.GetString(json));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
