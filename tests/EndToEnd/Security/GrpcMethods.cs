using Cluster.Contracts.Security;
using Cluster.DataPlane;
using Cluster.Protocol.Parameters.V1;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;

namespace Cluster.EndToEnd.Security;

/// <summary>Every method of every gRPC service of the cluster, as the descriptors say: a new one is in the list by itself.</summary>
internal static class GrpcMethods
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(b => b, b => b);

    public static IReadOnlyList<(string Service, string Name)> All { get; } =
    [
        .. new[] { typeof(TlsCredentials), typeof(ParametersReflection) }.SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(type => type.GetProperty("Descriptor")?.GetValue(null)).OfType<FileDescriptor>()
            .SelectMany(file => file.Services).SelectMany(service => service.Methods)
            .Select(method => (method.Service.FullName, method.Name)),
        (ExchangeMethod.Client.ServiceName, ExchangeMethod.Client.Name),
    ];

    /// <summary>Calls a method with one empty message and returns the status.</summary>
    public static async Task<StatusCode> CallAsync(GrpcChannel channel, (string Service, string Name) method, Metadata headers,
        CancellationToken cancellationToken)
    {
        using var call = channel.CreateCallInvoker().AsyncUnaryCall(
            new Method<byte[], byte[]>(MethodType.Unary, method.Service, method.Name, Bytes, Bytes), null,
            new CallOptions(headers, DateTime.UtcNow.AddSeconds(20), cancellationToken), []);
        try
        {
            await call.ResponseAsync;
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }
}
