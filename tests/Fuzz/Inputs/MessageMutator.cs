using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Fuzz.Inputs;

/// <summary>Changes fields of a protobuf message by its descriptor: borders, NaN, huge counts, absent and exchanged parts.</summary>
/// <param name="texts">Texts that mean something to the receiver: names of what is there.</param>
internal sealed class MessageMutator(IReadOnlyList<string> texts)
{
    private const int MaxDepth = 4;

    /// <summary>A copy with one to a few changes.</summary>
    public IMessage Mutate(IMessage message, FuzzRandom random)
    {
        var changed = message.Descriptor.Parser.ParseFrom(message.ToByteString());
        for (var times = random.Few(10); times > 0; times--) Change(changed, random, depth: 0);
        return changed;
    }

    private void Change(IMessage message, FuzzRandom random, int depth)
    {
        var fields = message.Descriptor.Fields.InDeclarationOrder();
        if (fields.Count == 0) return;
        var field = random.Pick([.. fields]);
        if (field.IsMap) return;
        if (field.IsRepeated) ChangeList((System.Collections.IList)field.Accessor.GetValue(message), field, random, depth);
        else if (field.FieldType == FieldType.Message) ChangePart(message, field, random, depth);
        else if (random.Once(6)) field.Accessor.Clear(message);
        else field.Accessor.SetValue(message, Scalar(field, random));
    }

    private void ChangePart(IMessage message, FieldDescriptor field, FuzzRandom random, int depth)
    {
        var part = (IMessage?)field.Accessor.GetValue(message);
        if (part is not null && random.Once(6))
        {
            field.Accessor.Clear(message);
            return;
        }

        if (part is null)
        {
            part = field.MessageType.Parser.ParseFrom(ByteString.Empty);
            field.Accessor.SetValue(message, part);
        }

        if (depth < MaxDepth && part is not Timestamp) Change(part, random, depth + 1);
    }

    private void ChangeList(System.Collections.IList list, FieldDescriptor field, FuzzRandom random, int depth)
    {
        if (list.Count > 0 && random.Once(3))
        {
            list.RemoveAt(random.Below(list.Count));
            return;
        }

        var one = field.FieldType == FieldType.Message ? Part(field, random, depth) : Scalar(field, random);
        for (var i = random.Once(6) ? random.Few(5_000) * 16 : 1; i > 0; i--) list.Add(one);
    }

    private IMessage Part(FieldDescriptor field, FuzzRandom random, int depth)
    {
        var part = field.MessageType.Parser.ParseFrom(ByteString.Empty);
        if (depth < MaxDepth)
        {
            for (var i = 0; i < 3; i++) Change(part, random, depth + 1);
        }

        return part;
    }

    private object Scalar(FieldDescriptor field, FuzzRandom random) => field.FieldType switch
    {
        FieldType.Double => Interesting.Float(random),
        FieldType.Float => (float)Interesting.Float(random),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => (int)Interesting.Integer(random),
        FieldType.UInt32 or FieldType.Fixed32 => (uint)Interesting.Integer(random),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Interesting.Integer(random),
        FieldType.UInt64 or FieldType.Fixed64 => (ulong)Interesting.Integer(random),
        FieldType.Bool => random.Once(2),
        FieldType.Enum => (int)(random.Once(2) ? random.Below(8) : Interesting.Integer(random)),
        FieldType.Bytes => ByteString.CopyFrom(random.Bytes(random.Below(64))),
        _ => Printable(random.Once(2) ? random.Pick(texts) : Interesting.Text(random)),
    };

    // Half of a surrogate pair cannot be written; as damaged bytes it comes from the byte mutator.
    private static string Printable(string text) => text.Any(char.IsSurrogate) ? "\uFFFD" : text;
}
