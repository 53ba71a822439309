using Cluster.Coordinator.Placements;
using CsCheck;

namespace Cluster.Coordinator.Tests.Placements;

public sealed class WorkerSharesTests
{
    [Fact]
    public void Of_SlotsThatDoNotDivide_GoToTheFirstJobsInOrder()
    {
        var shares = Of(8, "c", "a", "b");

        Assert.Equal([(0, 3), (3, 3), (6, 2)], "abc".Select(job => Share(shares, $"{job}", 8)));
    }

    [Fact]
    public void Of_JobsThatComeAndGo_IsDividedAnew()
    {
        var shares = Of(5, "a");
        Assert.Equal((0, 5), Share(shares, "a", 5));

        shares.Enter("b", Devices(5));
        Assert.Equal([(0, 3), (3, 2)], "ab".Select(job => Share(shares, $"{job}", 5)));

        shares.Leave("a");
        Assert.Equal((0, 5), Share(shares, "b", 5));
    }

    [Fact]
    public void Of_JobsOnOtherDevices_DoNotCount()
    {
        var shares = Of(4, "a");
        shares.Enter("b", ["gpu"]);

        Assert.Equal((0, 4), Share(shares, "a", 4));
        Assert.Equal(new WorkerShare(0, 1), shares.Of("b", ["gpu"]));
        Assert.Equal(new WorkerShare(1, 1) { Rivals = 1 }, shares.Of("b", ["gpu", "0"]));
    }

    /// <summary>A computation takes turns item by item: nobody's share is less, but who has one knows of it.</summary>
    [Fact]
    public void Of_ComputationBeside_LeavesTheShareAndIsARival()
    {
        var shares = Of(2, "a");

        shares.TakeTurns("pi", ["1"]);
        shares.TakeTurns("a", ["0"]);
        Assert.Equal(new WorkerShare(0, 2) { Rivals = 1, IsShared = true }, shares.Of("a", Devices(2)));
        Assert.Equal(new WorkerShare(0, 1), shares.Of("a", ["0"]));

        shares.EndTurns("pi");
        Assert.Equal(new WorkerShare(0, 2), shares.Of("a", Devices(2)));
    }

    [Fact]
    public void Of_AnyJobsAndSlots_SharesAllSlotsEquallyAndLeavesNobodyOut()
        => Gen.Select(Gen.Int[1, 40], Gen.Int[1, 200]).Sample((jobs, slots) =>
        {
            string[] names = [.. Enumerable.Range(0, jobs).Select(job => $"train-{job * 7 % 41:00}")];
            var shares = Of(slots, names);

            (int First, int Count)[] given = [.. names.Order(StringComparer.Ordinal).Select(name => Share(shares, name, slots))];

            Assert.Equal(given.Select(share => share.Count).OrderDescending(), given.Select(share => share.Count));
            Assert.InRange(given[0].Count - given[^1].Count, 0, 1);
            Assert.Equal(Math.Max(jobs, slots), given.Sum(share => share.Count));
            // No device has two jobs more than another.
            int[] uses = [.. given.SelectMany(share => Enumerable.Range(share.First, share.Count)).GroupBy(device => device).Select(device => device.Count())];
            Assert.Equal(slots, uses.Length);
            Assert.InRange(uses.Max() - uses.Min(), 0, 1);
        });

    private static (int First, int Count) Share(WorkerShares shares, string job, int slots)
    {
        var share = shares.Of(job, Devices(slots));
        return (share.First, share.Count);
    }

    private static string[] Devices(int count) => [.. Enumerable.Range(0, count).Select(device => $"{device}")];

    private static WorkerShares Of(int slots, params string[] jobs)
    {
        var shares = new WorkerShares();
        foreach (var job in jobs) shares.Enter(job, Devices(slots));
        return shares;
    }
}
