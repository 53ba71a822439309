using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cluster.ServiceDefaults.Security;

/// <summary>
/// Bearer authentication with the cluster key, demanded of every endpoint that does not say otherwise. The caller's name is
/// that of its key.
/// </summary>
internal sealed class ClusterKeyAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ClusterKey key, AuditLog audit)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "ClusterKey";

    private const string Prefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.Length == 0) return Task.FromResult(AuthenticateResult.NoResult());
        return Task.FromResult(header.StartsWith(Prefix, StringComparison.Ordinal) && key.NameOf(header[Prefix.Length..]) is { } name
            ? AuthenticateResult.Success(TicketOf(name))
            : AuthenticateResult.Fail("not the cluster key"));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        audit.Refused(AuditCaller.Of(Context), Request.Path, "", Request.Headers.Authorization.Count == 0 ? "no key" : "not the cluster key");
        await base.HandleChallengeAsync(properties);
        await EarlyAnswer.CompleteAsync(Context);
    }

    private static AuthenticationTicket TicketOf(string name)
        => new(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], SchemeName)), SchemeName);
}

internal static class ClusterKeyAuthentication
{
    public static void AddClusterKeyAuthentication(this WebApplicationBuilder builder)
    {
        // Made now: a service without a key must not start, instead of failing at its first caller.
        builder.Services.AddSingleton(new ClusterKey(builder.Configuration[ClusterKey.Variable], builder.Configuration[ClusterKey.SecondVariable]));
        builder.Services.AddSingleton<AuditLog>();
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
