using System.CommandLine;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training.Options;

/// <summary>Which devices compute the lanes.</summary>
internal sealed class DeviceOptions : ITrainOptionGroup
{
    private readonly Option<string?> _device = ValueOptions.Device(
        "--device", "Devices that compute gradients and evaluations, such as /gpu:*, /cpu:* or /job:worker/task:1. Default: GPUs that can train the model, "
        + "CPUs where there are none.");

    private readonly Option<bool> _softPlacement = ValueOptions.SoftPlacement();

    private readonly Option<bool> _logPlacement = new("--log-device-placement")
    {
        Description = "Say on standard error which ps task holds each variable, and which device computed each item.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_device, _softPlacement, _logPlacement]) command.Options.Add(option);
    }

    public TrainingSpec Read(ParseResult parsed, TrainingSpec spec) => spec with
    {
        Device = parsed.GetValue(_device),
        SoftPlacement = parsed.GetValue(_softPlacement),
        LogDevicePlacement = parsed.GetValue(_logPlacement),
    };
}
