using System.Net;
using System.Net.Http.Headers;
using Cluster.ServiceDefaults.Configuration;
using Cluster.ServiceDefaults.Hosting;

namespace Cluster.ServiceDefaults.Tests.Hosting;

public sealed class ClusterEndpointsTests
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_NothingConfigured_ListensOnLoopbackAlone()
    {
        await using var app = TestHost.Build();
        await app.StartAsync(_ct);

        Assert.Equal(2, app.Urls.Count);
        Assert.All(app.Urls, url => Assert.True(IPAddress.IsLoopback(IPAddress.Parse(new Uri(url).Host)), url));
        Assert.NotEqual(ServerAddress.Grpc(app.Services), ServerAddress.Http(app.Services));
    }

    [Theory]
    [InlineData("http://localhost:0", "127.0.0.1")]
    [InlineData("http://127.0.0.1:0", "127.0.0.1")]
    [InlineData("http://0.0.0.0:0", "0.0.0.0")]
    [InlineData("http://*:0", "[::]")]
    [InlineData("http://+:0", "[::]")]
    public async Task Start_ConfiguredAddress_IsTheOneItListensOn(string url, string host)
    {
        await using var app = TestHost.Build(("CLUSTER_GRPC_URL", url));
        await app.StartAsync(_ct);
        Assert.Equal(host, ServerAddress.Grpc(app.Services).Host);
        Assert.Equal("127.0.0.1", ServerAddress.Http(app.Services).Host);
    }

    [Theory]
    [InlineData("CLUSTER_GRPC_URL", "CLUSTER_GRPC_URL", "https://127.0.0.1:0")]
    [InlineData("CLUSTER_GRPC_URL", "CLUSTER_GRPC_URL", "127.0.0.1:80")]
    [InlineData("CLUSTER_GRPC_URL", "CLUSTER_GRPC_URL", "http://locahost:0")]
    [InlineData("CLUSTER_GRPC_URL", "CLUSTER_GRPC_URL", "http://unix:/tmp/cluster.sock")]
    [InlineData("CLUSTER_GRPC_URL", "CLUSTER_GRPC_URL", "ftp://127.0.0.1:0")]
    [InlineData("urls", "ASPNETCORE_URLS", "https://127.0.0.1:0")]
    [InlineData("urls", "ASPNETCORE_URLS", "http://somewhere:0")]
    public async Task Start_AddressItCannotServe_NamesVariableAndValueInsteadOfListeningEverywhere(string setting, string variable, string url)
    {
        var error = await Assert.ThrowsAsync<SettingException>(async () =>
        {
            await using var app = TestHost.Build((setting, url));
            await app.StartAsync(_ct);
        });
        Assert.StartsWith($"{variable}: {url}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoClusterKey_FailsAtOnce()
    {
        var error = await Assert.ThrowsAsync<SettingException>(async () =>
        {
            await using var app = TestHost.Build(("CLUSTER_KEY", null));
            await app.StartAsync(_ct);
        });
        Assert.Contains("CLUSTER_KEY is not set", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_HttpPorts_ListensThereOnEveryInterface()
    {
        await using var app = TestHost.Build(("HTTP_PORTS", "0"));
        await app.StartAsync(_ct);

        Assert.Equal("[::]", ServerAddress.Http(app.Services).Host);
    }

    [Theory]
    [InlineData("/alive", null, HttpStatusCode.OK)]
    [InlineData("/ready", null, HttpStatusCode.ServiceUnavailable)]
    [InlineData("/alive", "Bearer wrong", HttpStatusCode.OK)]
    [InlineData("/health", null, HttpStatusCode.Unauthorized)]
    [InlineData("/health", "Bearer wrong", HttpStatusCode.Unauthorized)]
    [InlineData("/health", "Basic " + TestHost.Key, HttpStatusCode.Unauthorized)]
    [InlineData("/health", TestHost.Key, HttpStatusCode.Unauthorized)]
    [InlineData("/health", "Bearer " + TestHost.Key, HttpStatusCode.ServiceUnavailable)]
    [InlineData("/no-such-page", null, HttpStatusCode.Unauthorized)]
    public async Task Get_WithAuthorization_AnswersWithStatus(string path, string? authorization, HttpStatusCode expected)
    {
        await using var app = TestHost.Build();
        await app.StartAsync(_ct);
        using var client = new HttpClient { BaseAddress = ServerAddress.Http(app.Services), Timeout = TimeSpan.FromSeconds(30) };
        if (authorization is not null) client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), _ct);
        Assert.Equal(expected, response.StatusCode);
        Assert.Empty(response.Headers.Server);
    }

    [Fact]
    public async Task Health_RedisAway_SaysSo()
    {
        await using var app = TestHost.Build();
        await app.StartAsync(_ct);
        using var client = new HttpClient { BaseAddress = ServerAddress.Http(app.Services), Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestHost.Key);

        using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), _ct);
        var report = await response.Content.ReadAsStringAsync(_ct);
        Assert.Contains("Redis does not answer", report, StringComparison.Ordinal);
        Assert.DoesNotContain("password", report, StringComparison.Ordinal);
    }
}
