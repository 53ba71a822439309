using Google.Protobuf;

namespace Cluster.EndToEnd.Telemetry;

/// <summary>The fields of a message of the OpenTelemetry protocol, by number: as much of it as the tests look at.</summary>
internal sealed class OtlpFields
{
    private readonly List<(int Number, ulong Value, ByteString Bytes)> _fields = [];

    public OtlpFields(ByteString message)
    {
        using var input = message.CreateCodedInput();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.Varint:
                    _fields.Add((number, input.ReadUInt64(), ByteString.Empty));
                    break;
                case WireFormat.WireType.Fixed64:
                    _fields.Add((number, input.ReadFixed64(), ByteString.Empty));
                    break;
                case WireFormat.WireType.LengthDelimited:
                    _fields.Add((number, 0, input.ReadBytes()));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    public IEnumerable<OtlpFields> All(int number) => _fields.Where(field => field.Number == number).Select(field => new OtlpFields(field.Bytes));

    public ByteString Bytes(int number) => _fields.Find(field => field.Number == number).Bytes ?? ByteString.Empty;

    public string Text(int number) => Bytes(number).ToStringUtf8();

    public string Hex(int number) => Convert.ToHexStringLower(Bytes(number).Span);

    public ulong Value(int number) => _fields.Find(field => field.Number == number).Value;

    /// <summary>The text of an attribute in a list of <c>KeyValue</c>s; empty where it is not there.</summary>
    public string Attribute(int number, string key)
        => All(number).FirstOrDefault(pair => pair.Text(1) == key) is { } found ? new OtlpFields(found.Bytes(2)).Text(1) : "";
}
