using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cluster.Worker.Tests;

public sealed class WorkerOptionsTests
{
    [Theory]
    [InlineData("all", false, false, null)]
    [InlineData("none", true, false, null)]
    [InlineData("one", false, true, null)]
    [InlineData("0", false, false, new[] { 0 })]
    [InlineData("2,0,2", false, false, new[] { 2, 0 })]
    public void Gpus_Choice_IsRead(string text, bool usesNone, bool claimsOne, int[]? indices)
    {
        var options = Read(text);
        Assert.Equal((usesNone, claimsOne), (options.UsesNoGpu, options.ClaimsOneGpu));
        Assert.Equal(indices, options.GpuIndices);
    }

    [Fact]
    public void Gpus_NotSet_AreAll() => Assert.Equal("all", new WorkerOptions().Gpus);

    [Theory]
    [InlineData("")]
    [InlineData("One")]
    [InlineData("one,1")]
    [InlineData("two")]
    [InlineData("0,")]
    [InlineData("-1")]
    [InlineData("1000")]
    [InlineData("0 1")]
    [InlineData("one\n")]
    public void Gpus_Wrong_IsRefusedWithFieldValueAndLimit(string text)
    {
        var error = Assert.Single(Assert.Throws<OptionsValidationException>(() => Read(text)).Failures);
        Assert.Contains("'Gpus'", error, StringComparison.Ordinal);
        Assert.Contains($"'{text}: must be all, none, one, or 1 to 64 numbers of GPUs from 0 to 999, such as 0,2'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Gpus_MoreThanAMachineHas_AreRefused()
    {
        Assert.Equal(64, Read(Numbers(64)).GpuIndices!.Count);
        Assert.Throws<OptionsValidationException>(() => Read(Numbers(65)));

        static string Numbers(int count) => string.Join(',', Enumerable.Range(0, count));
    }

    private static WorkerOptions Read(string gpus)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Worker:Gpus"] = gpus }).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration)
            .AddOptions<WorkerOptions>().BindConfiguration(WorkerOptions.Section).ValidateDataAnnotations().Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<WorkerOptions>>().Value;
    }
}
