using System.CommandLine;
using System.Globalization;
using Cluster.SelfTest;

var json = new Option<bool>("--json") { Description = "Write one JSON object to standard output instead of text." };
var seed = new Option<int>("--seed")
{
    Description = "Where the inputs are drawn from.",
    DefaultValueFactory = _ => 42,
    CustomParser = argument =>
    {
        if (int.TryParse(argument.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) return value;
        argument.AddError($"--seed is '{argument.Tokens[0].Value}'; a whole number from {int.MinValue} to {int.MaxValue} is needed.");
        return 0;
    },
};
var quick = new Option<bool>("--quick") { Description = "Check the kernels and measure no times." };
var command = new RootCommand(
    "Tests the devices of this machine: says what they are, runs every kernel and compares its results, bit by bit, with those "
    + "of the scalar definitions, and measures the kernels against the limits of the device. Needs no cluster and no .NET. "
    + "Without a GPU it tests the CPU and says why there is no GPU.\n\n"
    + "Exit codes: 0 all results have the right bits, 1 some have not or a device failed, 2 wrong option.")
{
    json, seed, quick,
};
command.SetAction(parsed =>
{
    var test = new DeviceSelfTest(parsed.GetValue(seed), measures: !parsed.GetValue(quick));
    var report = test.Run();
    if (parsed.GetValue(json)) JsonReport.Write(report, Console.OpenStandardOutput());
    else TextReport.Write(report, Console.Out);
    return report.IsPassed ? 0 : 1;
});

var result = command.Parse(args);
if (result.Errors.Count == 0) return result.Invoke();
foreach (var error in result.Errors)
    Console.Error.WriteLine($"cluster-selftest: {error.Message}");
return 2;
