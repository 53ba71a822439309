using System.CommandLine;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training.Options;

/// <summary>Options of <c>train</c> that belong together. What is wrong among them is found by their validators, before a cluster is asked.</summary>
internal interface ITrainOptionGroup
{
    void AddTo(Command command);

    /// <summary>Adds what the options say to a spec that has what the groups before said; so defaults may depend on those.</summary>
    TrainingSpec Read(ParseResult parsed, TrainingSpec spec);
}
