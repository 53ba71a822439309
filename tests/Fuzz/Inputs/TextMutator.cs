using System.Text;
using System.Text.RegularExpressions;

namespace Cluster.Fuzz.Inputs;

/// <summary>Damages text as text: numbers replaced, parts between separators doubled, dropped, exchanged or replaced. Now and then as bytes.</summary>
/// <param name="words">What the format is made of.</param>
/// <param name="separators">Characters between its parts.</param>
internal sealed partial class TextMutator(IReadOnlyList<string> words, string separators)
{
    private const int MaxChars = 1 << 16;

    // Latin-1, halves of characters, overlong forms, marks of other encodings.
    private static readonly byte[][] NoUtf8 =
        [[0xF6], [0xC3], [0xE2, 0x82], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF, 0xFE], [0xFE, 0xFF], [0]];

    private readonly ByteMutator _bytes = new([.. words.Select(Encoding.UTF8.GetBytes), .. NoUtf8]);

    public byte[] Mutate(byte[] text, IReadOnlyList<byte[]> others, FuzzRandom random)
    {
        if (random.Once(4)) return _bytes.Mutate(text, others, random);
        var damaged = Encoding.UTF8.GetString(text);
        for (var times = random.Few(8); times > 0; times--) damaged = Once(damaged, random);
        return Encoding.UTF8.GetBytes(damaged.Length <= MaxChars ? damaged : damaged[..MaxChars]);
    }

    private string Once(string text, FuzzRandom random)
    {
        if (random.Once(3)) return ReplaceNumber(text, random);
        List<string> parts = [.. Split(text)];
        if (parts.Count == 0) return Word(random);
        var at = random.Below(parts.Count);
        switch (random.Below(6))
        {
            case 0:
                parts.RemoveAt(at);
                break;
            case 1:
                parts.Insert(at, parts[random.Below(parts.Count)]);
                break;
            case 2:
                parts.Insert(at, Word(random));
                break;
            case 3:
                parts.AddRange(Enumerable.Repeat(parts[at], random.Few(200)));
                break;
            case 4:
                (parts[at], parts[^1]) = (parts[^1], parts[at]);
                break;
            default:
                parts[at] = Word(random);
                break;
        }

        return string.Concat(parts);
    }

    private static string ReplaceNumber(string text, FuzzRandom random)
    {
        var numbers = Number().Matches(text);
        if (numbers.Count == 0) return text + random.Pick(Interesting.NumberTexts);
        var number = numbers[random.Below(numbers.Count)];
        return string.Concat(text.AsSpan(0, number.Index), random.Pick(Interesting.NumberTexts), text.AsSpan(number.Index + number.Length));
    }

    private string Word(FuzzRandom random) => words.Count > 0 && !random.Once(3) ? random.Pick(words) : Interesting.Text(random);

    // Parts and the separators between them, in order.
    private IEnumerable<string> Split(string text)
    {
        var from = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!separators.Contains(text[i], StringComparison.Ordinal)) continue;
            if (i > from) yield return text[from..i];
            yield return text[i..(i + 1)];
            from = i + 1;
        }

        if (from < text.Length) yield return text[from..];
    }

    [GeneratedRegex(@"-?\d+(\.\d+)?")]
    private static partial Regex Number();
}
