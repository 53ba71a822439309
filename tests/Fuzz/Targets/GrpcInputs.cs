using Cluster.Fuzz.Inputs;
using Cluster.Fuzz.Servers;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Fuzz.Targets;

/// <summary>Inputs for the methods of gRPC services: a byte for the method, then the body. Seeds are JSON in files by method,
/// messages of a stream separated by lines of <c>---</c>.</summary>
internal sealed class GrpcInputs
{
    private readonly MessageMutator _messages = new(MessageTexts.All);
    private readonly ByteMutator _bytes = new([[0, 0, 0, 0, 0], [1, 0, 0, 0, 4], [0, 0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF]]);
    private readonly (MethodDescriptor Method, IReadOnlyList<IMessage[]> Seeds)[] _methods;

    public GrpcInputs(string folder, params IReadOnlyList<ServiceDescriptor> services)
    {
        _methods = [.. services.SelectMany(service => service.Methods).Select(method => (method, Seeds(folder, method)))];
        if (_methods.FirstOrDefault(method => method.Seeds.Count == 0).Method is { } bare)
            throw new InvalidOperationException($"Corpus/{folder} has no seed {bare.Name}.*.json");
    }

    /// <summary>The method of an input, and whether its body is what a correct client may send: whole messages of the right type.</summary>
    public (MethodDescriptor Method, byte[] Body, bool IsWellFormed) Read(byte[] input)
    {
        var method = _methods[input.Length == 0 ? 0 : input[0] % _methods.Length].Method;
        var body = input.Length == 0 ? [] : input[1..];
        return (method, body, IsWellFormed(method, body));
    }

    /// <summary>The message of a body that is well formed and has one.</summary>
    public static IMessage Message(MethodDescriptor method, byte[] body)
        => method.InputType.Parser.ParseFrom(ByteString.CopyFrom(FrameInputs.Split(body).Single().Span));

    public byte[] Generate(FuzzRandom random)
    {
        var index = random.Below(_methods.Length);
        var body = new MemoryStream();
        foreach (var message in random.Pick(_methods[index].Seeds))
            body.Write(RawGrpc.Framed(random.Once(10) ? message.ToByteArray() : _messages.Mutate(message, random).ToByteArray()));
        var bytes = body.ToArray();
        return [(byte)index, .. random.Once(6) ? _bytes.Mutate(bytes, [bytes], random) : bytes];
    }

    private static IReadOnlyList<IMessage[]> Seeds(string folder, MethodDescriptor method)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Corpus", folder);
        return [.. Directory.GetFiles(path, $"{method.Service.Name}.{method.Name}.*json").Order(StringComparer.Ordinal)
            .Select(file => File.ReadAllText(file).Split("\n---\n").Select(json => JsonParser.Default.Parse(json, method.InputType)).ToArray())];
    }

    private static bool IsWellFormed(MethodDescriptor method, byte[] body)
    {
        var messages = 0;
        var bytes = 0;
        foreach (var message in FrameInputs.Split(body))
        {
            if (body[bytes] != 0) return false;
            bytes += FrameInputs.PrefixBytes + message.Length;
            messages++;
            try
            {
                method.InputType.Parser.ParseFrom(ByteString.CopyFrom(message.Span));
            }
            catch (InvalidProtocolBufferException)
            {
                return false;
            }
        }

        return bytes == body.Length && (method.IsClientStreaming || messages == 1);
    }
}
