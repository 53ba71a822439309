using Cluster.ServiceDefaults.Hosting;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.Standalone.Tests;

/// <summary>Nobody gets in without the key: every endpoint that is mapped, so that a new one cannot be forgotten.</summary>
public sealed class AccessTests(EmbeddedFixture embedded) : IClassFixture<EmbeddedFixture>
{
    private const int TestLimit = 300_000;

    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(b => b, b => b);

    [Fact(Timeout = TestLimit)]
    public async Task Call_EveryGrpcMethodWithoutAndWithAWrongKey_IsUnauthenticated()
    {
        var methods = Endpoints().Select(e => e.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method).OfType<IMethod>().ToList();
        using var channel = GrpcChannel.ForAddress(embedded.Cluster.Connection.Address);

        Assert.All(["/cluster.jobs.v1.Jobs/Submit", "/cluster.parameters.v1.Parameters/Open", "/cluster.exchange.v1.Exchange/Exchange"],
            name => Assert.Contains(methods, m => m.FullName == name));
        foreach (var method in methods)
        {
            foreach (var headers in (Metadata[])[[], new Metadata { { "authorization", "Bearer not-the-cluster-key" } }])
            {
                var call = channel.CreateCallInvoker().AsyncUnaryCall(
                    new Method<byte[], byte[]>(MethodType.Unary, method.ServiceName, method.Name, Bytes, Bytes), null,
                    new CallOptions(headers, DateTime.UtcNow.AddSeconds(60), TestContext.Current.CancellationToken), []);
                var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
                Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
            }
        }
    }

    [Fact]
    public void Endpoints_OpenToAnyone_AreLivenessAndReadinessAlone()
    {
        var open = Endpoints().Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null).OfType<RouteEndpoint>();

        Assert.Equal(["/alive", "/ready"], open.Select(e => e.RoutePattern.RawText));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Get_HealthWithoutKey_IsUnauthorizedAndAliveIsOpen()
    {
        using var http = new HttpClient { BaseAddress = ServerAddress.Http(embedded.Cluster.Services) };

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized,
            (await http.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await http.GetAsync(new Uri("/alive", UriKind.Relative),
            TestContext.Current.CancellationToken)).StatusCode);
    }

    private IReadOnlyList<Microsoft.AspNetCore.Http.Endpoint> Endpoints()
        => embedded.Cluster.Services.GetRequiredService<EndpointDataSource>().Endpoints;
}
