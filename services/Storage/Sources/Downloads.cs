using Cluster.Models.Data;

namespace Cluster.Storage.Sources;

/// <summary>Opens files on servers that the cluster may read from.</summary>
internal sealed class Downloads(DataSourceOptions options) : IDisposable
{
    private const int MaxRedirects = 5;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ConnectTimeout = options.DownloadPatience,
        ConnectCallback = SafeConnection.OpenAsync,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Opens a file; only its head has come then.</summary>
    /// <exception cref="DataFormatException">The host is not allowed, does not answer in time or not with the file.</exception>
    public async Task<DownloadStream> OpenAsync(string uri, CancellationToken cancellationToken)
    {
        var address = Parse(uri);
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            limit.CancelAfter(options.DownloadTimeout);
            for (var redirects = 0; ; redirects++)
            {
                var response = await SendAsync(address, limit.Token);
                if (response.Headers.Location is { } location && (int)response.StatusCode is >= 300 and < 400)
                {
                    response.Dispose();
                    address = Redirected(address, new Uri(address, location), redirects);
                    continue;
                }

                return await DownloadStream.OpenAsync(response, address, options, limit);
            }
        }
        catch (Exception e)
        {
            limit.Dispose();
            throw e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                ? new DataFormatException($"{uri} cannot be read: "
                + $"{(e is OperationCanceledException ? "the server did not answer in time" : e.GetBaseException().Message)}", e)
                : e;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(Uri address, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.DownloadPatience);
        return await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, patience.Token);
    }

    private Uri Parse(string uri)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new DataFormatException($"'{uri}' is not an address");
        if (address.UserInfo.Length > 0)
            throw new DataFormatException("an address must not hold a user or a password");
        if (options.Hosts.Count == 0)
            throw new DataFormatException("this cluster reads from no server: no host is allowed (Data:Hosts)");
        return options.Hosts.Any(host => IsHost(address, host))
            ? address
            : throw new DataFormatException($"the host {address.Authority} is not among those allowed: {string.Join(", ", options.Hosts)}");
    }

    private static Uri Redirected(Uri from, Uri to, int redirects)
    {
        if (redirects >= MaxRedirects)
            throw new DataFormatException($"{from} redirects more than {MaxRedirects} times");
        return to.Authority == from.Authority && to.Scheme == from.Scheme && to.UserInfo.Length == 0
            ? to
            : throw new DataFormatException($"{from} redirects to another server, {to.GetLeftPart(UriPartial.Authority)}");
    }

    private static bool IsHost(Uri address, string host) =>
        string.Equals(address.IsDefaultPort ? address.Host : address.Authority, host, StringComparison.OrdinalIgnoreCase)
        || string.Equals($"{address.Host}:{address.Port}", host, StringComparison.OrdinalIgnoreCase);
}
