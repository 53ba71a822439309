using Cluster.Contracts.Security;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using CheckpointsClient = Cluster.Contracts.Checkpoints.V1.Checkpoints.CheckpointsClient;
using DataSetsClient = Cluster.Contracts.Data.V1.DataSets.DataSetsClient;
using JobsClient = Cluster.Contracts.Jobs.V1.Jobs.JobsClient;
using PredictionsClient = Cluster.Contracts.Predictions.V1.Predictions.PredictionsClient;
using RegistryClient = Cluster.Contracts.Registry.V1.Registry.RegistryClient;
using SummariesClient = Cluster.Contracts.Jobs.V1.Summaries.SummariesClient;

namespace Cluster.Client.Transport;

/// <summary>A channel to the coordinator: every call carries the key and a deadline, and is repeated while nobody answers.</summary>
internal sealed class CoordinatorConnection : IDisposable
{
    // A header takes visible ASCII alone.
    private static readonly string User = string.Concat(Environment.UserName.Where(c => c is > ' ' and <= '~').Take(64));

    private readonly GrpcChannel _channel;
    private readonly ClusterClientOptions _options;

    public CoordinatorConnection(ClusterConnection connection, ClusterClientOptions options)
    {
        options.Validate();
        _options = options;
        Address = connection.Address;
        _channel = GrpcChannel.ForAddress(connection.Address, new GrpcChannelOptions
        {
            HttpHandler = CreateHandler(connection),
            DisposeHttpClient = true,
        });

        var authorization = $"Bearer {connection.Key}";
        var invoker = _channel.Intercept(metadata =>
        {
            metadata.Add("authorization", authorization);
            metadata.Add(CallHeaders.User, User);
            return metadata;
        });
        Jobs = new JobsClient(invoker);
        Registry = new RegistryClient(invoker);
        DataSets = new DataSetsClient(invoker);
        Summaries = new SummariesClient(invoker);
        Checkpoints = new CheckpointsClient(invoker);
        Predictions = new PredictionsClient(invoker);
    }

    public Uri Address { get; }

    public JobsClient Jobs { get; }

    public RegistryClient Registry { get; }

    public DataSetsClient DataSets { get; }

    public SummariesClient Summaries { get; }

    public CheckpointsClient Checkpoints { get; }

    public PredictionsClient Predictions { get; }

    /// <summary>
    /// One call with its repetitions. It must be safe to repeat: the coordinator may have done it and died before it
    /// could say so.
    /// </summary>
    public async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, string? jobId, CancellationToken cancellationToken)
    {
        var deadline = DateTime.UtcNow + _options.CallTimeout;
        var backoff = new Backoff(_options.RetryDelay, _options.MaxRetryDelay);
        using var silence = new SilenceNotice(_options, Address, _options.CallTimeout);
        for (var retry = 0; ; retry++)
        {
            try
            {
                using var running = call(new CallOptions(deadline: deadline, cancellationToken: cancellationToken));
                return await running.ResponseAsync.ConfigureAwait(false);
            }
            catch (RpcException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var pause = backoff.Next();
                var mayRepeat = CallErrors.IsAway(e) && retry < _options.CallRetries && DateTime.UtcNow + pause < deadline;
                if (!mayRepeat) throw CallErrors.Translate(e, Address, jobId);
                silence.Failed(CallErrors.Reason(e));
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => _channel.Dispose();

    /// <summary>Pings find a peer that stopped without closing its connection; a proxy cannot carry HTTP/2 without TLS.</summary>
    private static SocketsHttpHandler CreateHandler(ClusterConnection connection) => new()
    {
        KeepAlivePingDelay = TimeSpan.FromSeconds(15),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        EnableMultipleHttp2Connections = true,
        UseProxy = connection.Address.Scheme == Uri.UriSchemeHttps,
        SslOptions = connection.Tls.ForClient(),
    };
}
