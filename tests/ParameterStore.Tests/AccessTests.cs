using Cluster.DataPlane.Client;
using Cluster.ParameterStore.Tests.Cluster;
using Grpc.Core;
using Grpc.Net.Client;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Tests;

public sealed class AccessTests : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private StoreHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await StoreHost.StartAsync(_ct);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Fact]
    public async Task Call_WithWrongKey_IsUnauthenticated()
    {
        using var wrong = new ExchangeChannel(_host.Address, _host.Key[..^1] + (_host.Key[^1] == 'a' ? 'b' : 'a'));
        await AssertRefusedAsync(wrong.Invoker);
    }

    [Fact]
    public async Task Call_WithoutKey_IsUnauthenticated()
    {
        using var none = GrpcChannel.ForAddress(_host.Address);
        await AssertRefusedAsync(none.CreateCallInvoker());
    }

    private async Task AssertRefusedAsync(CallInvoker invoker)
    {
        await _host.OpenAsync(StoreHost.Settings(1), _ct);
        var control = new V1.Parameters.ParametersClient(invoker);
        var generation = StoreHost.Message(StoreHost.First);
        using var stream = new ExchangeStream(invoker, 0, new RecordingSink(1), _ct);
        Func<Task>[] calls =
        [
            async () => await control.OpenAsync(new V1.OpenRequest { Job = StoreHost.Job, Generation = generation, Shard = StoreHost.Settings(1) }),
            async () => await control.AdvanceAsync(new V1.AdvanceRequest { Job = StoreHost.Job, Generation = generation, Segment = new V1.Segment { To = 1 } }),
            async () => await control.WriteAgainAsync(new V1.WriteAgainRequest { Job = StoreHost.Job, Generation = generation }),
            async () => await control.ReportAsync(new V1.ReportRequest { Job = StoreHost.Job }),
            async () => await control.CloseAsync(new V1.CloseRequest { Job = StoreHost.Job, Generation = generation }),
            stream.RunAsync,
        ];

        foreach (var call in calls)
            Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => call().WaitAsync(StoreHost.Limit, _ct))).StatusCode);
        Assert.Equal(V1.Phase.Serving, (await _host.UntilAsync(0, _ => true, _ct)).Phase);
    }
}
