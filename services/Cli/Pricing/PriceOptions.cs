using System.CommandLine;
using System.CommandLine.Parsing;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Pricing;

/// <summary>The options of <c>price</c>.</summary>
internal sealed class PriceOptions
{
    private const int DefaultDates = 12;

    private readonly Option<string> _kind = ValueOptions.Name(
        "--kind", "european: pays by the price at maturity. asian: by the mean of the prices at --dates dates.", PriceSpec.European, PriceSpec.Kinds);

    private readonly Option<string> _option = ValueOptions.Name(
        "--option", "call: pays what the price exceeds the strike by. put: what it falls short by.", PriceSpec.Call, PriceSpec.Options);

    private readonly Option<double> _spot = ValueOptions.Real(
        "--spot", $"Price of the underlying now, {PriceSpec.PriceRange}.", 100, PriceSpec.PriceRange);

    private readonly Option<double> _strike = ValueOptions.Real(
        "--strike", $"Price that the option fixes, {PriceSpec.PriceRange}.", 100, PriceSpec.PriceRange);

    private readonly Option<double> _rate = ValueOptions.Real(
        "--rate", $"Riskless interest a year, {PriceSpec.RateRange}: 0.05 is 5 %.", 0.05, PriceSpec.RateRange);

    private readonly Option<double> _dividendYield = ValueOptions.Real(
        "--dividend-yield", $"Dividends of the underlying a year, {PriceSpec.RateRange}: 0.02 is 2 %.", 0, PriceSpec.RateRange);

    private readonly Option<double> _volatility = ValueOptions.Real(
        "--volatility", $"Volatility of the underlying a year, {PriceSpec.VolatilityRange}: 0.2 is 20 %.", 0.2, PriceSpec.VolatilityRange);

    private readonly Option<double> _maturity = ValueOptions.Real(
        "--maturity", $"Years until the option pays, {PriceSpec.MaturityRange}: 0.25 is three months.", 1, PriceSpec.MaturityRange);

    private readonly Option<int?> _dates = ValueOptions.OptionalNumber(
        "--dates", $"Averaging dates of an Asian option, 1 to {PriceSpec.MaxDates}, equally spaced, the last at maturity. Default: {DefaultDates}.",
        1, PriceSpec.MaxDates);

    private readonly Option<long> _paths = ValueOptions.Number<long>(
        "--paths", $"Paths to draw, 1 to {PriceSpec.MaxPaths}; an odd number is rounded up.", 100_000_000, 1, PriceSpec.MaxPaths);

    private readonly Option<ulong> _seed = ValueOptions.Number<ulong>(
        "--seed", $"Key of the generator, 0 to {ulong.MaxValue}: the same options give the same price anywhere.", 0, 0, ulong.MaxValue);

    private readonly Option<string?> _device = ValueOptions.Device(
        "--device", "Where to run, whole or in part, such as /job:worker/task:1/cpu:0. Default: anywhere.");

    private readonly Option<bool> _softPlacement = ValueOptions.SoftPlacement();

    private readonly Option<bool> _logPlacement = new("--log-device-placement") { Description = "Say on standard error where each item ran." };

    public void AddTo(Command command)
    {
        _dates.Validators.Add(RequireAsian);
        foreach (var option in (Option[])
            [_kind, _option, _spot, _strike, _rate, _dividendYield, _volatility, _maturity, _dates, _paths, _seed, _device, _softPlacement, _logPlacement])
            command.Options.Add(option);
    }

    public PriceSpec ReadSpec(ParseResult parsed)
    {
        var kind = parsed.GetRequiredValue(_kind);
        return new PriceSpec
        {
            Kind = kind,
            Option = parsed.GetRequiredValue(_option),
            Spot = parsed.GetValue(_spot),
            Strike = parsed.GetValue(_strike),
            Rate = parsed.GetValue(_rate),
            DividendYield = parsed.GetValue(_dividendYield),
            Volatility = parsed.GetValue(_volatility),
            Maturity = parsed.GetValue(_maturity),
            Dates = kind == PriceSpec.Asian ? parsed.GetValue(_dates) ?? DefaultDates : 1,
            Paths = parsed.GetValue(_paths),
            Seed = parsed.GetValue(_seed),
            Device = parsed.GetValue(_device),
            SoftPlacement = parsed.GetValue(_softPlacement),
            LogDevicePlacement = parsed.GetValue(_logPlacement),
        };
    }

    private void RequireAsian(OptionResult dates)
    {
        if (dates.Tokens is [{ Value: var text }] && dates.GetResult(_kind)?.Tokens is not [{ Value: PriceSpec.Asian }])
            dates.AddError($"--dates: {text}: cannot be given without --kind {PriceSpec.Asian}");
    }
}
