using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Cluster.Cli.Output;
using Cluster.Contracts.Tensors;

namespace Cluster.Cli.Ops;

/// <summary>Options whose values are tensors and shapes.</summary>
internal static class TensorOptions
{
    public static Option<FloatTensor?> Values(string name, string description, bool isRequired) => new(name)
    {
        Description = description,
        HelpName = "TENSOR",
        Required = isRequired,
        CustomParser = result => Read(result, name),
    };

    public static Option<int[]?> Shape(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SHAPE",
        CustomParser = result => ReadShape(result, name),
    };

    private static FloatTensor? Read(ArgumentResult result, string name)
    {
        var text = result.Tokens[0].Value;
        if (TensorText.TryParse(text, out var tensor, out var problem)) return tensor;
        result.AddError($"{name}: {TensorText.Shown(text)}: {problem}");
        return null;
    }

    private static int[]? ReadShape(ArgumentResult result, string name)
    {
        var text = result.Tokens[0].Value;
        var lengths = text.Trim('[', ']').Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : 0).ToArray();
        if (lengths.Length <= FloatTensor.MaxRank && lengths.All(length => length > 0)) return lengths;
        result.AddError($"{name}: {TensorText.Shown(text)}: must be 1 to {FloatTensor.MaxRank} whole numbers above 0, such as 2,3");
        return null;
    }
}
