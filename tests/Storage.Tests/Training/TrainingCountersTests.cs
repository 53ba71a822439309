using System.Globalization;
using Cluster.Protocol.Shards;
using Cluster.Storage.Training;

namespace Cluster.Storage.Tests.Training;

public sealed class TrainingCountersTests
{
    /// <summary>A counter that is written and not read is lost without a word.</summary>
    [Fact]
    public void Of_RecordWithFieldsOfTwoProcesses_SumsEachCounter()
    {
        var fields = new Dictionary<string, string> { ["generations"] = "2", ["commits"] = "3", ["segments"] = "4", ["state"] = "running" };
        foreach (var process in (ulong[])[1, 2])
        {
            Add(TrainingCounters.StealsOf(process), 10);
            Add(TrainingCounters.PushesOf(PushOutcome.Duplicate, process), 20);
            Add(TrainingCounters.StalenessOf(0, process), 30);
            Add(TrainingCounters.StalenessOf(2, process), 40);
            Add(TrainingCounters.UnsentOf(process), 50);
            Add(TrainingCounters.ResentOf(process), 60);
        }

        var counters = TrainingCounters.Of(fields);

        Assert.Equal((2, 3, 4), (counters.Generations, counters.Commits, counters.Segments));
        Assert.Equal((20, 40, 100, 120), (counters.Steals, counters.Pushes(PushOutcome.Duplicate), counters.Unsent, counters.Resent));
        Assert.Equal([60, 0, 80], counters.Staleness());
        Assert.Equal((140, 160), counters.TotalStaleness());

        void Add(string name, long count) => fields[name] = count.ToString(CultureInfo.InvariantCulture);
    }
}
