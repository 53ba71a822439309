using System.Collections.Concurrent;
using System.Net;
using Cluster.AppHost.Servers;
using Cluster.Support.Servers;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cluster.TestCoordinator;

/// <summary>A call that arrived.</summary>
/// <param name="Request">Its message.</param>
/// <param name="Authorization">The authorization header.</param>
/// <param name="Deadline">Its deadline, DateTime.MaxValue for none.</param>
public sealed record ReceivedCall(IMessage Request, string? Authorization, DateTime Deadline);

/// <summary>
/// The far side of the client's protocol: the coordinator's gRPC services on Kestrel, loopback, HTTP/2 without TLS, with
/// answers that a test writes. It can die and come back on the same port.
/// </summary>
public sealed class ScriptedCoordinator : IAsyncDisposable
{
    public const string Key = "the-cluster-key";

    private readonly ConcurrentQueue<ReceivedCall> _calls = new();
    private WebApplication? _server;

    private ScriptedCoordinator()
    {
    }

    public CoordinatorScript Script { get; } = new();

    /// <summary>At a port that no outgoing connection takes while the coordinator is away.</summary>
    public Uri Address { get; } = new(FormattableString.Invariant($"http://127.0.0.1:{LoopbackPorts.Take()}"));

    public IReadOnlyCollection<ReceivedCall> Calls => _calls;

    public static async Task<ScriptedCoordinator> StartAsync()
    {
        var coordinator = new ScriptedCoordinator();
        await coordinator.ComeBackAsync();
        return coordinator;
    }

    /// <summary>Messages of one kind, in the order of their arrival.</summary>
    public IReadOnlyList<T> Received<T>() => [.. _calls.Select(c => c.Request).OfType<T>()];

    /// <summary>Drops every connection at once and stops listening.</summary>
    public async Task DieAsync()
    {
        if (_server is null) return;
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
        _server = null;
    }

    /// <summary>Listens, each time on the same port.</summary>
    public async Task ComeBackAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, Address.Port, l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);

        _server = builder.Build();
        _server.Use(RequireKey);
        _server.MapGrpcService<ScriptedJobs>();
        _server.MapGrpcService<ScriptedRegistry>();
        _server.MapGrpcService<ScriptedDataSets>();
        _server.MapGrpcService<ScriptedSummaries>();
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync() => await DieAsync();

    internal void Note(IMessage request, ServerCallContext context)
        => _calls.Enqueue(new ReceivedCall(request, context.RequestHeaders.GetValue("authorization"), context.Deadline));

    private static async Task RequireKey(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.Authorization == $"Bearer {Key}") await next(context);
        else context.Response.StatusCode = StatusCodes.Status401Unauthorized;
    }
}
