using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Tests.Hosting;

namespace Cluster.ServiceDefaults.Tests.Security;

/// <summary>Callers without a key are answered, whatever they still have to send.</summary>
public sealed class RefusedCallTests
{
    private const string Path = "/cluster.jobs.v1.Jobs/Submit";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_BodyAfterTheRefusal_IsTakenAndTheStreamIsNotReset()
    {
        await using var app = TestHost.Build();
        await app.StartAsync(_ct);
        using var limit = Limited();
        using var raw = await RawHttp2.ConnectAsync(ServerAddress.Grpc(app.Services), limit.Token);

        for (var stream = 1; stream < 400; stream += 2)
        {
            await raw.PostAsync(stream, Path, limit.Token);
            Assert.Equal("401", await raw.ReadAsync(stream, limit.Token));
            await raw.SendBodyAsync(stream, stream, isLast: false, limit.Token);
            await raw.SendBodyAsync(stream, 5, isLast: true, limit.Token);
            Assert.Equal("data, end", await raw.ReadAsync(stream, limit.Token));
        }
    }

    [Fact]
    public async Task Call_BodyWithoutEnd_IsRefusedAllTheSame()
    {
        await using var app = TestHost.Build();
        await app.StartAsync(_ct);
        using var limit = Limited();
        using var raw = await RawHttp2.ConnectAsync(ServerAddress.Grpc(app.Services), limit.Token);

        await raw.PostAsync(1, Path, limit.Token);
        Assert.Equal("401", await raw.ReadAsync(1, limit.Token));
        await raw.SendBodyAsync(1, 5, isLast: false, limit.Token);

        Assert.Equal("data, end", await raw.ReadAsync(1, limit.Token));
        Assert.Equal("reset", await raw.ReadAsync(1, limit.Token));
    }

    [Fact]
    public async Task Call_ManyAtOnce_EachHasItsAnswer()
    {
        await using var app = TestHost.Build();
        await app.StartAsync(_ct);
        using var limit = Limited();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            using var raw = await RawHttp2.ConnectAsync(ServerAddress.Grpc(app.Services), limit.Token);
            await raw.PostAsync(1, Path, limit.Token);
            for (var part = 0; part < i; part++) await raw.SendBodyAsync(1, 1000, isLast: false, limit.Token);
            await raw.SendBodyAsync(1, 0, isLast: true, limit.Token);
            var answer = await raw.ReadAsync(1, limit.Token);
            Assert.True(answer is "401, end" || (answer == "401" && await raw.ReadAsync(1, limit.Token) == "data, end"), answer);
        }));
    }

    private CancellationTokenSource Limited()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        limit.CancelAfter(Limit);
        return limit;
    }
}
