using System.CommandLine;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training.Options;

/// <summary>All options of <c>train</c>, by groups.</summary>
internal sealed class TrainOptions
{
    private readonly ITrainOptionGroup[] _groups;

    /// <param name="model">The model of a command that is named for it; null where <c>--model</c> names it.</param>
    public TrainOptions(string? model = null)
        => _groups =
        [
            Data,
            new ModelOptions(model),
            new OptimizerOptions(),
            new ScheduleOptions(),
            new ModeOptions(),
            new RunOptions(),
            new DeviceOptions(),
            new EvaluationOptions(),
            Checkpoints,
        ];

    /// <summary>First, since what other options default to depends on whether data is given.</summary>
    public DataOptions Data { get; } = new();

    /// <summary>Which states are kept, and which one the job begins with.</summary>
    public CheckpointOptions Checkpoints { get; } = new();

    /// <summary>Every option of every group, once they were added.</summary>
    public IReadOnlyList<Option> All { get; private set; } = [];

    public void AddTo(Command command)
    {
        foreach (var group in _groups) group.AddTo(command);
        All = [.. command.Options];
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="data">Id of the data set that was sent, or null for the example.</param>
    public TrainingSpec Read(ParseResult parsed, string? data)
        => _groups.Aggregate(new TrainingSpec { Data = data, LearningRate = TrainingDefaults.SgdRate }, (spec, group) => group.Read(parsed, spec));
}
