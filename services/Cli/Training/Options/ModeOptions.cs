using System.CommandLine;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training.Options;

/// <summary>How lanes wait for each other.</summary>
internal sealed class ModeOptions : ITrainOptionGroup
{
    private readonly Option<string?> _mode = ValueOptions.OptionalName(
        "--mode",
        $"async: a lane's gradient is applied when it arrives. sync: a step waits for all lanes, and gives the same bits anywhere. {TrainingDefaults.Text(d => d.Mode)}",
        TrainingNames.Modes);

    public void AddTo(Command command) => command.Options.Add(_mode);

    public TrainingSpec Read(ParseResult parsed, TrainingSpec spec) => spec with { Mode = parsed.GetValue(_mode) ?? TrainingDefaults.For(spec).Mode };
}
