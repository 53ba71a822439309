using Cluster.Coordinator.Training;
using CsCheck;

namespace Cluster.Coordinator.Tests.Training;

public sealed class WorkerSharesTests
{
    [Fact]
    public void Of_SlotsThatDoNotDivide_GoToTheFirstJobsInOrder()
    {
        WorkerShares shares = Of("c", "a", "b");

        Assert.Equal([3, 3, 2], "abc".Select(job => shares.Of($"{job}", 8)));
    }

    [Fact]
    public void Of_JobsThatComeAndGo_IsDividedAnew()
    {
        WorkerShares shares = Of("a");
        Assert.Equal(5, shares.Of("a", 5));

        shares.Enter("b");
        Assert.Equal((3, 2), (shares.Of("a", 5), shares.Of("b", 5)));

        shares.Leave("a");
        Assert.Equal(5, shares.Of("b", 5));
    }

    [Fact]
    public void Of_AnyJobsAndSlots_SharesAllSlotsEquallyAndLeavesNobodyOut()
        => Gen.Select(Gen.Int[1, 40], Gen.Int[0, 200]).Sample((jobs, slots) =>
        {
            string[] names = [.. Enumerable.Range(0, jobs).Select(job => $"train-{job * 7 % 41:00}")];
            WorkerShares shares = Of(names);

            int[] given = [.. names.Order(StringComparer.Ordinal).Select(name => shares.Of(name, slots))];

            Assert.Equal(given.OrderDescending(), given);
            Assert.InRange(given[0] - given[^1], 0, 1);
            Assert.Equal(Math.Max(jobs, slots), given.Sum());
        });

    private static WorkerShares Of(params string[] jobs)
    {
        var shares = new WorkerShares();
        foreach (string job in jobs) shares.Enter(job);
        return shares;
    }
}
