using System.Net;
using System.Net.Sockets;
using System.Text;
using Cluster.Contracts.Data;
using Cluster.Models.Data;
using Cluster.Storage.Sources;
using Microsoft.Extensions.Options;

namespace Cluster.Storage.Tests.Sources;

/// <summary>Files of servers: one that runs here answers what each test says.</summary>
public sealed class DownloadTests : IAsyncLifetime
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private Task _serving = Task.CompletedTask;
    private string _answer = "";
    private bool _goesSilent;
    private int _connections;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Host => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public ValueTask InitializeAsync()
    {
        _listener.Start();
        _serving = ServeAsync();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving.WaitAsync(TimeSpan.FromSeconds(60));
        _stop.Dispose();
    }

    [Fact]
    public async Task Read_AllowedHost_IsTheFile()
    {
        _answer = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nx,y\n1,2\n";
        using var sources = Sources(Host);
        using var source = await sources.OpenAsync(Import("/x.csv"), Ct);
        using var reader = source.Read(new DataLimits());

        Assert.Equal(1, reader.ReadAll(Ct).Rows);
        Assert.Equal((8, 8), (source.Bytes, source.BytesRead));
    }

    [Theory]
    [InlineData("example.org")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:1")]
    [InlineData("localhost")]
    public async Task Open_AnotherHost_IsRefused(string allowed)
        => Assert.Equal($"the host {Host} is not among those allowed: {allowed}", await RefusedAsync(Sources(allowed)));

    /// <summary>Names and addresses that look like an allowed one, or lead to this machine by another way.</summary>
    [Theory]
    [InlineData("http://files.example.org.evil.test/x")]
    [InlineData("http://files.example.org@evil.test/x")]
    [InlineData("http://files.example.org:80@evil.test/x")]
    [InlineData("http://evil.test/#files.example.org")]
    [InlineData("http://evil.test\\@files.example.org/x")]
    [InlineData("http://evil.test/?files.example.org")]
    [InlineData("http://files.example.org.:PORT/x")]
    [InlineData("http://files.ex\u0430mple.org/x")]
    [InlineData("http://127.0.0.1:PORT/x")]
    [InlineData("http://2130706433:PORT/x")]
    [InlineData("http://0x7f000001:PORT/x")]
    [InlineData("http://0177.0.0.1:PORT/x")]
    [InlineData("http://127.1:PORT/x")]
    [InlineData("http://localhost:PORT/x")]
    [InlineData("http://[::1]:PORT/x")]
    [InlineData("http://[::ffff:127.0.0.1]:PORT/x")]
    [InlineData("http://0.0.0.0:PORT/x")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[fd00:ec2::254]/latest/meta-data/")]
    [InlineData("https://127.0.0.1:PORT/x")]
    public async Task Open_AddressThatIsNotTheAllowedOne_IsRefusedAndNobodyIsAsked(string uri)
    {
        _answer = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nx,y\n1,2\n";
        using var sources = Sources("files.example.org");
        var address = uri.Replace("PORT", Host.Split(':')[1], StringComparison.Ordinal);

        await Assert.ThrowsAsync<DataFormatException>(() => sources.OpenAsync(new DataImport { Source = address, Label = "y" }, Ct));
        Assert.Equal(0, _connections);
    }

    [Theory]
    [InlineData("http://user@HOST/x")]
    [InlineData("http://evil.test/x")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://HOST/x")]
    [InlineData("https://HOST/x")]
    public async Task Open_RedirectElsewhere_IsRefused(string location)
    {
        _answer = $"HTTP/1.1 302 Found\r\nLocation: {location.Replace("HOST", Host, StringComparison.Ordinal)}\r\nContent-Length: 0\r\n\r\n";
        Assert.Contains("redirects to another server", await RefusedAsync(Sources(Host)), StringComparison.Ordinal);
        Assert.Equal(1, _connections);
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("[fe80::1]")]
    [InlineData("[::ffff:169.254.169.254]")]
    public async Task Open_AllowedHostAtALinkLocalAddress_IsRefusedWithTheReason(string host)
    {
        using var sources = Sources(host);
        var error = await Assert.ThrowsAsync<DataFormatException>(() => sources.OpenAsync(new DataImport { Source = $"http://{host}/x", Label = "y" }, Ct));
        Assert.Contains("a link-local address, from which nothing is read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_UserInTheAddress_IsRefused()
    {
        using var sources = Sources(Host);
        var error = await Assert.ThrowsAsync<DataFormatException>(() => sources.OpenAsync(new DataImport { Source = $"http://user@{Host}/", Label = "y" }, Ct));
        Assert.Equal("an address must not hold a user or a password", error.Message);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "answers 404")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://example.org/x\r\nContent-Length: 0\r\n\r\n", "redirects to another server, http://example.org")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", "redirects more than 5 times")]
    [InlineData("nonsense\r\n\r\n", "cannot be read")]
    public async Task Open_AnotherAnswer_IsRefused(string answer, string expected)
    {
        _answer = answer;
        Assert.Contains(expected, await RefusedAsync(Sources(Host)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ServerBreaksOff_SaysAfterHowMuch()
    {
        _answer = "HTTP/1.1 200 OK\r\nContent-Length: 80\r\n\r\nx,y\n1,2\n";
        Assert.Contains("broke off after 8 bytes", await BrokenAsync(new DataLimits()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ServerGoesSilent_EndsByItsPatience()
    {
        (_answer, _goesSilent) = ("HTTP/1.1 200 OK\r\nContent-Length: 80\r\n\r\nx,y\n1,2\n", true);
        Assert.Contains("stopped after 8 bytes", await BrokenAsync(new DataLimits()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_MoreThanTheLimit_IsRefused()
    {
        _answer = "HTTP/1.1 200 OK\r\nContent-Length: 80000\r\n\r\nx,y\n" + new string('\n', 79_996);
        Assert.Equal("the file has more than 1000 bytes", await BrokenAsync(new DataLimits { MaxBytes = 1000 }));
    }

    // The server of one test goes silent; those of the others may be slow on a busy machine.
    private DataSources Sources(string host)
    {
        var options = new DataSourceOptions { DownloadPatience = TimeSpan.FromSeconds(_goesSilent ? 2 : 60) };
        options.Hosts.Add(host);
        return new DataSources(Options.Create(options));
    }

    private DataImport Import(string path) => new() { Source = $"http://{Host}{path}", Label = "y" };

    private async Task<string> RefusedAsync(DataSources sources)
    {
        using (sources) return (await Assert.ThrowsAsync<DataFormatException>(() => sources.OpenAsync(Import("/x.csv"), Ct))).Message;
    }

    private async Task<string> BrokenAsync(DataLimits limits)
    {
        using var sources = Sources(Host);
        using var source = await sources.OpenAsync(Import("/x.csv"), Ct);
        return Assert.Throws<DataFormatException>(() =>
        {
            using var reader = source.Read(limits);
            reader.ReadAll(Ct);
        }).Message;
    }

    // One connection at a time, one answer for each.
    private async Task ServeAsync()
    {
        var request = new byte[4096];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                var stream = client.GetStream();
                while (await stream.ReadAsync(request, _stop.Token) > 0)
                {
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(_answer), _stop.Token);
                    if (_goesSilent) continue;
                    break;
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
            {
                // The test has ended, or its client has gone.
            }
        }
    }
}
