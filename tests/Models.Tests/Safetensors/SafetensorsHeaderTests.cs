using System.Text;
using Cluster.Models.Safetensors;
using CsCheck;

namespace Cluster.Models.Tests.Safetensors;

public sealed class SafetensorsHeaderTests
{
    private const string Good =
        """{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[],"data_offsets":[24,28]}}""";

    [Fact]
    public void Parse_HeaderOfAnotherProgram_HasTensorsInTheOrderOfTheirData()
    {
        var header = Parse("""{"b":{"data_offsets":[8,12],"dtype":"F32","shape":[1]},"a":{"shape":[2],"dtype":"F32","data_offsets":[0,8]}}   """,
            12);

        Assert.Equal(["a", "b"], header.Tensors.Select(tensor => tensor.Name));
        Assert.Equal((2, 0L, 8L), (header.Tensors[0].Length, header.Tensors[0].Begin, header.Tensors[0].End));
        Assert.Empty(header.Metadata);
        Assert.Equal(12, header.DataBytes);
    }

    /// <summary>The bytes that the format's specification asks for, spelt out.</summary>
    [Fact]
    public void ToBytes_OneTensor_IsLengthJsonAndSpaces()
    {
        var bytes = new SafetensorsHeader(new Dictionary<string, string> { ["k"] = "v" }, [new SafetensorsTensor("w", [2], 0, 8)]).ToBytes();

        const string json = """{"__metadata__":{"k":"v"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
        var padded = (json.Length + 7) / 8 * 8;
        Assert.Equal([(byte)padded, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(json.PadRight(padded))], bytes);
    }

    [Theory]
    [InlineData("""[]""", 0, "does not begin with '{'")]
    [InlineData("""{"w":""", 0, "not well-formed JSON")]
    [InlineData("""{} {}""", 0, "JSON")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1]}}""", 4, "has no data_offsets")]
    [InlineData("""{"w":{"shape":[1],"data_offsets":[0,4]}}""", 4, "has no dtype")]
    [InlineData("""{"w":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", 4, "dtype 'F16'; only F32")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "takes 8 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 0, "size 0; the least is 1")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", 4, "more than")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "no whole number")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "no whole number")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "wrong order")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "3 numbers, not 2")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "tensor 'w' twice")]
    [InlineData("""{"w":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "field 'dtype' too many")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}""", 4, "field 'x' too many")]
    [InlineData("""{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'v' and 'w' overlap")]
    [InlineData("""{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12,
        "bytes 4 to 8 belong to no tensor")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "truncated: its tensors take 8 bytes, and 4 are there")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 9, "5 bytes behind its last tensor")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "metadata 'a' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "twice")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "must be a text")]
    [InlineData("""{"":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "has no name")]
    [InlineData("""{"w":[]}""", 0, "must be an object")]
    public void Parse_WrongHeader_SaysWhatIsWrong(string json, long dataBytes, string reason)
    {
        var refused = Assert.Throws<SafetensorsException>(() => Parse(json, dataBytes));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData(0UL, 100, "has 0 bytes")]
    [InlineData(1UL, 100, "has 1 bytes")]
    [InlineData(93UL, 100, "truncated: its header has 93 bytes, the file 100")]
    [InlineData(ulong.MaxValue, 100, "must have 2 to")]
    [InlineData((16UL << 20) + 1, 1L << 40, "must have 2 to")]
    public void ReadLength_ThatCannotBe_IsRefused(ulong length, long fileBytes, string reason)
    {
        var refused = Assert.Throws<SafetensorsException>(() => SafetensorsHeader.ReadLength(BitConverter.GetBytes(length), fileBytes));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>What is written is read again.</summary>
    [Fact]
    public void Parse_WhatWasWritten_ComesBack() =>
        Gen.Select(Gen.Dictionary(Gen.String[0, 20], Gen.Int[1, 5].Array[0, 4])[0, 8], Gen.Dictionary(Gen.String, Gen.String)[0, 4])
        .Sample((shapes, metadata) =>
        {
            // A lone surrogate is no text that JSON can carry.
            if (shapes.Keys.Concat(metadata.Keys).Concat(metadata.Values).Any(text => text.Any(char.IsSurrogate))) return;
            var tensors = new List<SafetensorsTensor>();
            foreach (var (name, shape) in shapes.Where(shape => shape.Key is not ("" or "__metadata__")))
            {
                var begin = tensors.Count == 0 ? 0 : tensors[^1].End;
                tensors.Add(new SafetensorsTensor(name, shape, begin, begin + (4L * shape.Aggregate(1, (product, size) => product * size))));
            }

            var bytes = new SafetensorsHeader(metadata, tensors).ToBytes();
            var length = SafetensorsHeader.ReadLength(bytes, bytes.Length);
            var read = SafetensorsHeader.Parse(bytes.AsSpan(8, length), tensors.Count == 0 ? 0 : tensors[^1].End);

            Assert.Equal(0, bytes.Length % 8);
            Assert.Equal(tensors.Select(Shown), read.Tensors.Select(Shown));
            Assert.Equal(metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal), read.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        }, iter: 2000);

    /// <summary>A good header with bytes changed, cut out or put in is read or refused with a reason, and never anything else.</summary>
    [Fact]
    public void Parse_DamagedHeader_IsReadOrRefusedWithAReason() =>
        Gen.Select(Gen.Int[0, Good.Length - 1].Array[1, 4], Gen.Byte.Array[4], Gen.Int[0, 2]).Sample((places, bytes, kind) =>
        {
            var json = Encoding.UTF8.GetBytes(Good).ToList();
            for (var i = 0; i < places.Length; i++)
            {
                var place = Math.Min(places[i], json.Count - 1);
                if (kind == 0) json[place] = bytes[i];
                else if (kind == 1) json.RemoveAt(place);
                else json.Insert(place, bytes[i]);
            }

            try
            {
                var header = SafetensorsHeader.Parse(json.ToArray(), 28);
                Assert.Equal(28, header.Tensors.Sum(tensor => 4L * tensor.Length));
            }
            catch (SafetensorsException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }, iter: 20_000);

    private static SafetensorsHeader Parse(string json, long dataBytes) => SafetensorsHeader.Parse(Encoding.UTF8.GetBytes(json), dataBytes);

    private static string Shown(SafetensorsTensor tensor) => $"{tensor.Name} [{string.Join(',', tensor.Shape)}] {tensor.Begin}-{tensor.End}";
}
