using System.Text.Json;
using Cluster.Contracts.Text;

namespace Cluster.Models.Safetensors;

/// <summary>Reads the JSON of a header token by token: every name once, nothing that the format does not know, offsets that cover the data.</summary>
internal ref struct SafetensorsParser
{
    private const int MaxTensors = 10_000;
    private const int MaxDimensions = 16;
    private const int MaxShownChars = 80;

    private Utf8JsonReader _reader;
    private Dictionary<string, string>? _metadata;
    private readonly Dictionary<string, SafetensorsTensor> _tensors;

    private SafetensorsParser(ReadOnlySpan<byte> json)
    {
        _reader = new Utf8JsonReader(json);
        _tensors = new Dictionary<string, SafetensorsTensor>(StringComparer.Ordinal);
    }

    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataBytes)
    {
        if (json.IsEmpty || json[0] != '{') throw new SafetensorsException("the header does not begin with '{': this is no safetensors file");
        var parser = new SafetensorsParser(json);
        try
        {
            parser.ReadObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: a text that is no UTF-8. What a message quotes of the file may be anything.
            throw new SafetensorsException($"the header is not well-formed JSON: {OneLineText.Of(e.Message.ReplaceLineEndings(" "))}", e);
        }

        SafetensorsTensor[] tensors = [.. parser._tensors.Values.OrderBy(tensor => tensor.Begin).ThenBy(tensor => tensor.End)];
        RequireCovered(tensors, dataBytes);
        return new SafetensorsHeader(parser._metadata ?? [], tensors);
    }

    private void ReadObject()
    {
        Next(JsonTokenType.StartObject, "the header");
        while (Next("the header") == JsonTokenType.PropertyName)
        {
            var name = _reader.GetString()!;
            if (name == SafetensorsHeader.MetadataName) ReadMetadata();
            else ReadTensor(name);
        }

        // Spaces are all that may follow.
        if (_reader.Read()) throw new SafetensorsException("there is something behind the header's JSON object");
    }

    private void ReadMetadata()
    {
        if (_metadata is not null) throw new SafetensorsException($"the header has {SafetensorsHeader.MetadataName} twice");
        _metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        Next(JsonTokenType.StartObject, SafetensorsHeader.MetadataName);
        while (Next(SafetensorsHeader.MetadataName) == JsonTokenType.PropertyName)
        {
            var name = _reader.GetString()!;
            Next(JsonTokenType.String, $"metadata {Shown(name)}");
            if (!_metadata.TryAdd(name, _reader.GetString()!)) throw new SafetensorsException($"the header has metadata {Shown(name)} twice");
        }
    }

    private void ReadTensor(string name)
    {
        if (_tensors.Count == MaxTensors) throw new SafetensorsException($"the header has more than {MaxTensors} tensors");
        string? dtype = null;
        List<long>? shape = null, offsets = null;
        Next(JsonTokenType.StartObject, $"tensor {Shown(name)}");
        while (Next($"tensor {Shown(name)}") == JsonTokenType.PropertyName)
        {
            var field = _reader.GetString()!;
            if (field == "dtype" && dtype is null)
            {
                Next(JsonTokenType.String, $"dtype of tensor {Shown(name)}");
                dtype = _reader.GetString();
            }
            else if (field == "shape" && shape is null)
            {
                shape = ReadNumbers($"shape of tensor {Shown(name)}");
            }
            else if (field == "data_offsets" && offsets is null)
            {
                offsets = ReadNumbers($"data_offsets of tensor {Shown(name)}");
            }
            else
            {
                throw new SafetensorsException($"tensor {Shown(name)} has a field {Shown(field)} too many");
            }
        }

        if (!_tensors.TryAdd(name, Tensor(name, dtype, shape, offsets))) throw new SafetensorsException($"the header has tensor {Shown(name)} twice");
    }

    private static SafetensorsTensor Tensor(string name, string? dtype, List<long>? shape, List<long>? offsets)
    {
        if (name.Length == 0) throw new SafetensorsException("a tensor has no name");
        if (dtype is null || shape is null || offsets is null)
            throw new SafetensorsException($"tensor {Shown(name)} has no {(dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets")}");
        if (dtype != "F32") throw new SafetensorsException($"tensor {Shown(name)} has dtype {Shown(dtype)}; only F32 is taken");
        if (offsets.Count != 2) throw new SafetensorsException($"data_offsets of tensor {Shown(name)} are {offsets.Count} numbers, not 2");
        long elements = 1;
        foreach (var size in shape)
        {
            if (size < 1) throw new SafetensorsException($"tensor {Shown(name)} has a dimension of size {size}; the least is 1");
            if (size > Array.MaxLength / elements) throw new SafetensorsException($"tensor {Shown(name)} has more than {Array.MaxLength} elements");
            elements *= size;
        }

        var (begin, end) = (offsets[0], offsets[1]);
        if (end < begin || end - begin != elements * sizeof(float))
        {
            throw new SafetensorsException(
                $"tensor {Shown(name)} of shape [{string.Join(", ", shape)}] takes {elements * sizeof(float)} bytes; its offsets {begin} to {end} are "
                + $"{(end < begin ? "in the wrong order" : $"{end - begin}")}");
        }

        return new SafetensorsTensor(name, [.. shape.Select(size => (int)size)], begin, end);
    }

    private List<long> ReadNumbers(string what)
    {
        Next(JsonTokenType.StartArray, what);
        var numbers = new List<long>();
        while (Next(what) == JsonTokenType.Number)
        {
            if (!_reader.TryGetInt64(out var number) || number < 0)
                throw new SafetensorsException($"{what} has a number that is no whole number from 0 to {long.MaxValue}");
            if (numbers.Count == MaxDimensions) throw new SafetensorsException($"{what} has more than {MaxDimensions} numbers");
            numbers.Add(number);
        }

        return _reader.TokenType == JsonTokenType.EndArray ? numbers : throw new SafetensorsException($"{what} must hold numbers");
    }

    private static void RequireCovered(SafetensorsTensor[] tensors, long dataBytes)
    {
        long end = 0;
        var before = "";
        foreach (var tensor in tensors)
        {
            if (tensor.Begin < end)
                throw new SafetensorsException($"tensors {Shown(before)} and {Shown(tensor.Name)} overlap: one ends at byte {end}, the other begins at "
                    + $"{tensor.Begin}");
            if (tensor.Begin > end) throw new SafetensorsException($"bytes {end} to {tensor.Begin} belong to no tensor");
            (end, before) = (tensor.End, tensor.Name);
        }

        if (dataBytes < end) throw new SafetensorsException($"the file is truncated: its tensors take {end} bytes, and {dataBytes} are there");
        if (dataBytes > end) throw new SafetensorsException($"the file has {dataBytes - end} bytes behind its last tensor");
    }

    private void Next(JsonTokenType wanted, string what)
    {
        if (Next(what) != wanted) throw new SafetensorsException($"{what} must be {Described(wanted)}, and is {Described(_reader.TokenType)}");
    }

    private JsonTokenType Next(string what) => _reader.Read() ? _reader.TokenType : throw new SafetensorsException($"the header ends within {what}");

    private static string Described(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        _ => $"{token}",
    };

    private static string Shown(string text) => $"'{OneLineText.Of(text, MaxShownChars)}'";
}
