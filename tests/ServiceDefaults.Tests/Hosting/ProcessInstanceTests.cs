using Cluster.ServiceDefaults.Hosting;
using Microsoft.Extensions.Configuration;

namespace Cluster.ServiceDefaults.Tests.Hosting;

public sealed class ProcessInstanceTests
{
    [Theory]
    [InlineData("service.instance.id=worker-2", "worker-2")]
    [InlineData("service.namespace=x,service.instance.id=worker-2,a=b", "worker-2")]
    [InlineData("service.instance.id=a=b", "a=b")]
    public void Name_GivenByTheRunner_IsTaken(string attributes, string expected) => Assert.Equal(expected, Name(attributes));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("service.instance.id=")]
    [InlineData("service.instance.id")]
    public void Name_NotGiven_IsNewEachTime(string? attributes) => Assert.NotEqual(Name(attributes), Name(attributes));

    private static string Name(string? attributes)
        => ProcessInstance.Name(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["OTEL_RESOURCE_ATTRIBUTES"] = attributes }).Build());
}
