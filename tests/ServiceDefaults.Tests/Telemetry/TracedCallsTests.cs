using Cluster.ServiceDefaults.Telemetry;
using Google.Protobuf.Reflection;

namespace Cluster.ServiceDefaults.Tests.Telemetry;

public sealed class TracedCallsTests
{
    private static readonly FileDescriptor[] Files =
    [
        Contracts.Jobs.V1.JobsReflection.Descriptor,
        Contracts.Data.V1.DataReflection.Descriptor,
        Contracts.Checkpoints.V1.CheckpointsReflection.Descriptor,
        Contracts.Predictions.V1.PredictionsReflection.Descriptor,
        Protocol.Parameters.V1.ParametersReflection.Descriptor,
    ];

    [Fact]
    public void Paths_Each_IsAMethodThatThereIs()
    {
        var methods = Files.SelectMany(file => file.Services).SelectMany(service => service.Methods.Select(method => $"/{service.FullName}/{method.Name}"));

        Assert.All(TracedCalls.Paths, path => Assert.Contains(path, methods));
    }
}
