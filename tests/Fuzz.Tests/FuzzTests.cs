using Cluster.Fuzz.Inputs;
using Cluster.Fuzz.Runs;
using Cluster.Fuzz.Targets;

namespace Cluster.Fuzz.Tests;

/// <summary>A short run of every target with a fixed seed, after the inputs on which it once failed. Long ones are started by hand:
/// <c>dotnet run --project tests/Fuzz</c>.</summary>
[Collection(nameof(FuzzTests))]
public sealed class FuzzTests : IDisposable
{
    private const ulong Seed = 20_261_126;

    private static readonly TimeSpan TestLimit = TimeSpan.FromMinutes(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("fuzz-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("device-spec", 2_000)]
    [InlineData("cluster-spec", 2_000)]
    [InlineData("command-line", 300)]
    [InlineData("csv", 500)]
    [InlineData("libsvm", 500)]
    [InlineData("idx", 500)]
    [InlineData("idx-pair", 500)]
    [InlineData("feature-rows", 500)]
    [InlineData("data-chunk", 2_000)]
    [InlineData("checkpoint-file", 1_000)]
    [InlineData("job-spec", 1_000)]
    [InlineData("frame", 1_000)]
    [InlineData("ps-control", 200)]
    [InlineData("exchange", 200)]
    [InlineData("coordinator", 200)]
    [InlineData("bus", 150)]
    public async Task Target_DamagedInputs_AreTakenOrRefusedAndNothingElse(string name, int inputs)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TestLimit);
        await using var target = TargetCatalog.Create(name);
        using var said = new StringWriter();

        var result = await new FuzzRun(target, new FuzzPlan(Seed, 0, inputs, _folder), said).RunAsync(limit.Token);

        Assert.True(result.Failures.Count == 0, said.ToString());
        Assert.Equal(inputs, result.Inputs);
        // Neither a generator whose inputs are all refused at the door, nor a target that takes anything.
        Assert.InRange(result.Taken, 1, inputs - 1);
        foreach (var file in Corpus.Failed(name))
            Assert.Null(await FuzzRun.TryOnceAsync(target, await File.ReadAllBytesAsync(file, limit.Token), limit.Token));
    }

    [Fact]
    public void Names_AreAllRunHere()
        => Assert.Equal(
            TargetCatalog.Names.Order(),
            typeof(FuzzTests).GetMethod(nameof(Target_DamagedInputs_AreTakenOrRefusedAndNothingElse))!.GetCustomAttributes(typeof(InlineDataAttribute), false)
                .Cast<InlineDataAttribute>().Select(data => (string)data.Data[0]!).Order());

    [Fact]
    public void Generate_SameSeedAndNumber_IsTheSameInput()
    {
        foreach (var name in TargetCatalog.Names)
        {
            var target = TargetCatalog.Create(name);
            Assert.Equal(target.Generate(new FuzzRandom(7, 3)), target.Generate(new FuzzRandom(7, 3)));
        }
    }
}
