using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cluster.ServiceDefaults.Security;

/// <summary>Bearer authentication with the cluster key, demanded of every endpoint that does not say otherwise.</summary>
internal sealed class ClusterKeyAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ClusterKey key)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "ClusterKey";

    private const string Prefix = "Bearer ";

    private static readonly AuthenticationTicket Ticket = new(
        new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "cluster")], SchemeName)), SchemeName);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.Length == 0) return Task.FromResult(AuthenticateResult.NoResult());
        return Task.FromResult(header.StartsWith(Prefix, StringComparison.Ordinal) && key.Matches(header[Prefix.Length..])
            ? AuthenticateResult.Success(Ticket)
            : AuthenticateResult.Fail("not the cluster key"));
    }
}

internal static class ClusterKeyAuthentication
{
    public static void AddClusterKeyAuthentication(this WebApplicationBuilder builder)
    {
        // Made now: a service without a key must not start, instead of failing at its first caller.
        builder.Services.AddSingleton(new ClusterKey(builder.Configuration[ClusterKey.Variable]));
        // Not AddAuthentication, which sets up data protection and writes its keys to the user's home.
        builder.Services.AddAuthenticationCore(options =>
        {
            options.DefaultScheme = ClusterKeyAuthenticationHandler.SchemeName;
            options.AddScheme<ClusterKeyAuthenticationHandler>(ClusterKeyAuthenticationHandler.SchemeName, displayName: null);
        });
        builder.Services.AddWebEncoders();
        builder.Services.AddTransient<ClusterKeyAuthenticationHandler>();
        builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }
}
