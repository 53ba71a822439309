using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Jobs;

/// <summary><c>cluster pi</c>.</summary>
internal sealed class PiCommand : ClusterCommand
{
    private readonly Option<long> _points =
        ValueOptions.Number<long>("--points", "Points to draw; an odd number is rounded up.", 1_000_000_000, 1, PiSpec.MaxPoints);
    private readonly Option<ulong> _seed =
        ValueOptions.Number<ulong>("--seed", "Key of the generator: the same seed and points give the same count anywhere.", 0, 0, ulong.MaxValue);
    private readonly Option<string?> _device =
        ValueOptions.Device("--device", "Where to run, whole or in part, such as /gpu:* (all GPUs), /gpu:0 or /job:worker/task:1/cpu:0. Default: anywhere, "
        + "GPUs first.");
    private readonly Option<bool> _softPlacement = ValueOptions.SoftPlacement();
    private readonly Option<bool> _logPlacement = new("--log-device-placement") { Description = "Say on standard error where each item ran." };
    private readonly JobLaunch _launch;

    public PiCommand(CommandLineHost host, GlobalOptions globals)
        : base("pi", "Estimate π by drawing points in the unit square and counting those inside the quarter circle.", host, globals)
    {
        Options.Add(_points);
        Options.Add(_seed);
        Options.Add(_device);
        Options.Add(_softPlacement);
        Options.Add(_logPlacement);
        _launch = new JobLaunch(host);
        _launch.AddTo(this);
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "pi --points 1e9 --seed 42",
        "pi --points 2.5e9 --device /gpu:* --log-device-placement",
        "pi --points 1e9 --device /gpu:0 --soft-placement",
        "pi --points 1_000_000 --json",
    ];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var spec = ReadSpec(run.Parsed);
        return await _launch.RunAsync(run, client, (key, t) => client.SubmitAsync(spec, key, t), cancellationToken);
    }

    private PiSpec ReadSpec(ParseResult parsed) => new()
    {
        Points = parsed.GetValue(_points),
        Seed = parsed.GetValue(_seed),
        Device = parsed.GetValue(_device),
        SoftPlacement = parsed.GetValue(_softPlacement),
        LogDevicePlacement = parsed.GetValue(_logPlacement),
    };
}
