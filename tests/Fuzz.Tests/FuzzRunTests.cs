using System.Runtime.CompilerServices;
using Cluster.Fuzz.Inputs;
using Cluster.Fuzz.Runs;
using Cluster.Fuzz.Targets;

namespace Cluster.Fuzz.Tests;

/// <summary>That a run finds what it looks for: planted failures of each kind.</summary>
/// <remarks>Not beside another run, which would find them too: exceptions that nobody looks at are the process's.</remarks>
[Collection(nameof(FuzzTests))]
public sealed class FuzzRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fuzz-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Fault.Throws, "planted")]
    [InlineData(Fault.Hangs, "hangs")]
    [InlineData(Fault.Allocates, "allocated")]
    public async Task Run_PlantedFault_IsFoundSavedAndToldHowToRepeat(Fault fault, string expected)
    {
        var plan = new FuzzPlan(5, 10, 8, _folder);
        await using var target = new Planted(fault, at: 13);
        using var said = new StringWriter();

        var result = await new FuzzRun(target, plan, said).RunAsync(TestContext.Current.CancellationToken);

        Assert.Contains(expected, Assert.Single(result.Failures), StringComparison.Ordinal);
        Assert.Contains("cluster-fuzz --target planted --seed 5 --first 13 --inputs 1", said.ToString(), StringComparison.Ordinal);
        var saved = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(_folder)), TestContext.Current.CancellationToken);
        Assert.NotNull(await FuzzRun.TryOnceAsync(target, saved, TestContext.Current.CancellationToken));
        Assert.Equal((8L, 7L), (result.Inputs, result.Taken));
    }

    [Fact]
    public async Task Run_LastInputLeavesAnExceptionThatNobodyLooksAt_IsFound()
    {
        await using var target = new Planted(Fault.Forgets, at: 13);
        using var said = new StringWriter();

        var result = await new FuzzRun(target, new FuzzPlan(5, 10, 4, _folder), said).RunAsync(TestContext.Current.CancellationToken);

        Assert.Contains("nobody looked at", Assert.Single(result.Failures), StringComparison.Ordinal);
        Assert.Contains("nobody looked at", await FuzzRun.TryOnceAsync(target, [13], TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    public enum Fault
    {
        Throws,
        Hangs,
        Allocates,
        Forgets,
    }

    /// <summary>Takes everything but one input.</summary>
    private sealed class Planted(Fault fault, byte at) : Target
    {
        private byte _next = 10;
        private byte[] _waste = [];

        public override string Name => "planted";

        public override string Description => "a target with a fault";

        public override TimeSpan Limit => TimeSpan.FromSeconds(1);

        public override long MaxAllocation(byte[] input) => 100_000;

        public override byte[] Generate(FuzzRandom random) => [_next++];

        public override async ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
        {
            if (input[0] != at) return true;
            if (fault == Fault.Throws) throw new InvalidOperationException("planted");
            if (fault == Fault.Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            if (fault == Fault.Forgets) return Forget();
            _waste = new byte[1 << 20];
            return _waste.Length > 0;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static bool Forget() => Task.FromException(new InvalidOperationException("planted")).IsFaulted;
    }
}
