using Cluster.AppHost.CommandLine;
using Cluster.AppHost.Servers;

namespace Cluster.AppHost.Running;

/// <summary>Where the dashboard listens: at free ports, so that several app hosts run side by side, unless it is told others.</summary>
internal static class DashboardAddresses
{
    private const string Page = "ASPNETCORE_URLS";

    // What the dashboard is sent: by services, and by the app host.
    private static readonly string[] Variables = [Page, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"];

    private static bool IsSecured => Environment.GetEnvironmentVariable(Page)?.StartsWith("https:", StringComparison.Ordinal) == true;

    /// <summary>Options of an app host whose dashboard is served without TLS unless the page's address asks for it.</summary>
    public static DistributedApplicationOptions For(string[] args) => new()
    {
        Args = args,
        AllowUnsecuredTransport = !IsSecured,
        // Where nothing is served by the development certificate, that it is not trusted is no news.
        TrustDeveloperCertificate = IsSecured,
        DeveloperCertificateDefaultHttpsTerminationEnabled = IsSecured,
    };

    /// <summary>Gives each address that is not set, or has port 0, a free port. By TLS where the page's is.</summary>
    /// <exception cref="AppHostException">An address is taken or cannot be read.</exception>
    public static void AddDashboardAddresses(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsRunMode) return;
        var free = IsSecured ? "https://localhost:0" : "http://127.0.0.1:0";
        foreach (var variable in Variables)
        {
            var text = builder.Configuration[variable] is { Length: > 0 } set ? set : free;
            builder.Configuration[variable] = string.Join(';', text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(each => WithPort(variable, each)));
        }
    }

    private static string WithPort(string variable, string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new AppHostException($"{variable}: '{text}' is not of the form http://host:port", ExitCodes.WrongOption);
        if (address.Port == 0) return new UriBuilder(address) { Port = LoopbackPorts.Take() }.Uri.GetLeftPart(UriPartial.Authority);
        return LoopbackPorts.IsFree(address.Port) ? text
            : throw new AppHostException($"{variable}: '{text}': somebody listens at port {address.Port} already; name another, or port 0 for a free one");
    }
}
