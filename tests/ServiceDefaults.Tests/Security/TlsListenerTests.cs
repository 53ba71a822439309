using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using Cluster.AppHost.Servers;
using Cluster.Contracts.Security;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Security;
using Cluster.ServiceDefaults.Tests.Hosting;
using Cluster.Support.Servers;
using Cluster.Testing;
using Microsoft.AspNetCore.Builder;
using StackExchange.Redis;

namespace Cluster.ServiceDefaults.Tests.Security;

/// <summary>Both listeners by TLS, and the connection to a Redis that speaks it.</summary>
public sealed class TlsListenerTests(RedisServers servers) : RedisTest(servers, RedisKind.RedisServer)
{
    private readonly RedisServers _servers = servers;
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _foreign = new();

    public override async ValueTask DisposeAsync()
    {
        _authority.Dispose();
        _foreign.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Start_Certificate_ServesBothListenersByTlsToThoseWhoTrustIt()
    {
        await using var app = await StartAsync(_authority.Issue("service"));
        Assert.All(app.Urls, url => Assert.StartsWith("https://127.0.0.1:", url, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, await GetAsync(ServerAddress.Http(app.Services), "/alive", Trusting(_authority)));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(ServerAddress.Http(app.Services), "/health", Trusting(_authority)));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(ServerAddress.Grpc(app.Services), "/", Trusting(_authority), HttpVersion.Version20));
        await AssertDistrustsAsync(app, Trusting(_foreign));
        await AssertDistrustsAsync(app, TlsCredentials.System);
    }

    [Fact]
    public async Task Get_CertificateOfAnotherName_IsNotTrusted()
    {
        await using var app = await StartAsync(_authority.Issue("elsewhere", host: null));
        await AssertDistrustsAsync(app, Trusting(_authority));
    }

    [Fact]
    public async Task Get_ListenerAsksForCertificates_TakesThoseOfItsAuthorityAlone()
    {
        await using var app = await StartAsync(_authority.Issue("service"), (ClusterTls.ClientAuthorityFile, _authority.File));

        Assert.Equal(HttpStatusCode.Unauthorized, await GrpcAsync(app, Showing(_authority.Issue("client"))));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => GrpcAsync(app, Trusting(_authority)));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => GrpcAsync(app, Showing(_foreign.Issue("client"))));
        // Health asks for the key alone: what probes it has no certificate.
        Assert.Equal(HttpStatusCode.OK, await GetAsync(ServerAddress.Http(app.Services), "/alive", Trusting(_authority)));
    }

    [Fact]
    public async Task Health_RedisByTls_IsReachedByThoseWhoTrustIt()
    {
        var server = _authority.Issue("redis");
        var port = LoopbackPorts.Take();
        await Redis.GetDatabase().ExecuteAsync("CONFIG", "SET", "tls-cert-file", server.CertificateFile, "tls-key-file", server.KeyFile,
            "tls-ca-cert-file", _authority.File, "tls-auth-clients", "no", "tls-port", port);
        var redis = $"127.0.0.1:{port},password={ConfigurationOptions.Parse(await _servers.ConnectionStringAsync(RedisKind.RedisServer)).Password},ssl=true";

        Assert.DoesNotContain("Redis does not answer", await HealthAsync(redis, _authority), StringComparison.Ordinal);
        Assert.Contains("Redis does not answer", await HealthAsync(redis, _foreign), StringComparison.Ordinal);
    }

    private async Task<string> HealthAsync(string redis, TestAuthority trusted)
    {
        await using var app = TestHost.Build(("ConnectionStrings:redis", redis), (ClusterTls.AuthorityFile, trusted.File));
        await app.StartAsync(Ct);
        using var http = new HttpClient { BaseAddress = ServerAddress.Http(app.Services) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestHost.Key);
        using var answer = await http.GetAsync(new Uri("/health", UriKind.Relative), Ct);
        return await answer.Content.ReadAsStringAsync(Ct);
    }

    private async Task<WebApplication> StartAsync((string Certificate, string Key) files, params (string, string?)[] more)
    {
        var app = TestHost.Build([(ClusterTls.CertificateFile, files.Certificate), (ClusterTls.KeyFile, files.Key), .. more]);
        await app.StartAsync(Ct);
        return app;
    }

    private static TlsCredentials Trusting(TestAuthority authority) => TlsCredentials.Read(new TlsFile("authority", authority.File), default, default);

    private TlsCredentials Showing((string Certificate, string Key) files) => TlsCredentials.Read(
        new TlsFile("authority", _authority.File), new TlsFile("certificate", files.Certificate), new TlsFile("key", files.Key));

    private async Task AssertDistrustsAsync(WebApplication app, TlsCredentials credentials)
    {
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(ServerAddress.Http(app.Services), "/alive", credentials));
        Assert.IsType<AuthenticationException>(error.InnerException);
        Assert.IsType<AuthenticationException>((await Assert.ThrowsAsync<HttpRequestException>(() => GrpcAsync(app, credentials))).InnerException);
    }

    private Task<HttpStatusCode> GrpcAsync(WebApplication app, TlsCredentials credentials)
        => GetAsync(ServerAddress.Grpc(app.Services), "/", credentials, HttpVersion.Version20);

    private async Task<HttpStatusCode> GetAsync(Uri address, string path, TlsCredentials credentials, Version? version = null)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = credentials.ForClient(),
            UseProxy = false
        })
        { Timeout = TimeSpan.FromSeconds(60) };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, path))
        {
            Version = version ?? HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var answer = await http.SendAsync(request, Ct);
        return answer.StatusCode;
    }
}
