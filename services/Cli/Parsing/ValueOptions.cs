using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Parsing;

/// <summary>Options whose wrong values are answered with <c>--option: value: limit</c>.</summary>
internal static class ValueOptions
{
    /// <summary>A whole number within limits, written as <see cref="WholeNumber"/> reads it.</summary>
    public static Option<T> Number<T>(string name, string description, T defaultValue, T from, T to)
        where T : struct, IBinaryInteger<T>
        => new(name)
        {
            Description = description,
            HelpName = "NUMBER",
            DefaultValueFactory = _ => defaultValue,
            CustomParser = result => ReadNumber(result, name, from, to),
        };

    /// <summary>A whole number within limits, or null where it is not given.</summary>
    public static Option<T?> OptionalNumber<T>(string name, string description, T from, T to)
        where T : struct, IBinaryInteger<T>
        => new(name)
        {
            Description = description,
            HelpName = "NUMBER",
            CustomParser = result => ReadNumber(result, name, from, to),
        };

    /// <summary>A finite number, above 0 where that is asked for, or null where it is not given.</summary>
    public static Option<float?> OptionalReal(string name, string description, bool isPositive)
        => new(name)
        {
            Description = description,
            HelpName = "NUMBER",
            CustomParser = result => ReadReal(result, name, isPositive),
        };

    /// <summary>A finite number with a condition of its own, or null where it is not given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">With its range.</param>
    /// <param name="isRight">The condition.</param>
    /// <param name="limit">It in words: <c>must be …</c>.</param>
    public static Option<float?> OptionalReal(string name, string description, Func<float, bool> isRight, string limit)
        => new(name)
        {
            Description = description,
            HelpName = "NUMBER",
            CustomParser = result => ReadReal(result, name, isRight, limit),
        };

    /// <summary>A number within limits.</summary>
    public static Option<double> Real(string name, string description, double defaultValue, NumberRange range)
        => new(name)
        {
            Description = description,
            HelpName = "NUMBER",
            DefaultValueFactory = _ => defaultValue,
            CustomParser = result => ReadReal(result, name, range),
        };

    /// <summary>One of a few names.</summary>
    public static Option<string> Name(string name, string description, string defaultValue, IReadOnlyList<string> names)
    {
        var option = new Option<string>(name) { Description = description, HelpName = string.Join('|', names), DefaultValueFactory = _ => defaultValue };
        RequireOneOf(option, names);
        return option;
    }

    /// <summary>One of a few names, or null where none is given.</summary>
    public static Option<string?> OptionalName(string name, string description, IReadOnlyList<string> names)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', names) };
        RequireOneOf(option, names);
        return option;
    }

    /// <summary>A device spec, whole or in part.</summary>
    public static Option<string?> Device(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "SPEC" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !DeviceSpec.TryParse(text, out _, out var error))
                result.AddError($"{name}: {text}: {error}");
        });
        return option;
    }

    /// <summary>Whether to run on a CPU where no live device matches <c>--device</c>.</summary>
    public static Option<bool> SoftPlacement()
        => new("--soft-placement") { Description = "Run on a CPU where no live device matches --device, instead of waiting for one and failing." };

    private static void RequireOneOf(Option option, IReadOnlyList<string> names)
    {
        option.CompletionSources.Add([.. names]);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !names.Contains(text))
                result.AddError($"{option.Name}: {text}: must be {string.Join(" or ", names)}{NearestName.Hint(text, names)}");
        });
    }

    private static double ReadReal(ArgumentResult result, string name, NumberRange range)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && range.Contains(value)) return value;

        result.AddError($"{name}: {text}: must be a number {range}");
        return default;
    }

    private static float? ReadReal(ArgumentResult result, string name, Func<float, bool> isRight, string limit)
    {
        var text = result.Tokens[0].Value;
        if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value) && isRight(value)) return value;

        result.AddError($"{name}: {text}: {limit}");
        return null;
    }

    private static float? ReadReal(ArgumentResult result, string name, bool isPositive)
    {
        var text = result.Tokens[0].Value;
        if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value) && !(isPositive && value <= 0))
            return value;

        result.AddError($"{name}: {text}: must be a finite number{(isPositive ? " above 0" : "")}, such as {(isPositive ? "0.8" : "-1.5")}");
        return null;
    }

    private static T ReadNumber<T>(ArgumentResult result, string name, T from, T to)
        where T : struct, IBinaryInteger<T>
    {
        var text = result.Tokens[0].Value;
        if (!WholeNumber.TryParse(text, out var value))
            result.AddError($"{name}: {text}: must be a whole number from {from} to {to}, such as 1000000, 1_000_000 or 1e6");
        else if (value < BigInteger.CreateChecked(from) || value > BigInteger.CreateChecked(to))
            result.AddError($"{name}: {text}: must be from {from} to {to}");
        else
            return T.CreateChecked(value);

        return default;
    }
}
