using System.Collections.Concurrent;
using Cluster.Protocol.Messages;
using Cluster.Support.Processes;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Cluster.Chaos.Faults;

/// <summary>
/// Sends a share of the cluster's messages a second time, later: copies of items and events, which arrive beside and after
/// newer ones. It listens at the exchanges of the queues; a copy goes to the queue itself, and so is not copied again.
/// </summary>
internal sealed class MessageCopies(Uri broker, int seed) : IAsyncDisposable
{
    private const double Share = 0.2;
    private const double LongestDelay = 3;
    private static readonly string[] Queues = [QueueNames.WorkCpu, QueueNames.Coordinator];
    private static readonly TimeSpan FirstLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(300);

    private readonly Random _random = new(seed);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, int> _sent = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Copies that the broker took, by queue.</summary>
    public IReadOnlyDictionary<string, int> Sent => _sent;

    public void Start() => _running = RunAsync();

    /// <summary>Returns when a copy was sent, now or before; jobs must go on meanwhile.</summary>
    /// <exception cref="TimeoutException">None was.</exception>
    public Task UntilSentAsync(CancellationToken cancellationToken) => Poll.UntilAsync(
        "a message is sent twice", () => Task.FromResult(_sent.Count), sent => sent > 0, FirstLimit, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    // Connects anew, and from the beginning, as often as the broker goes away.
    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await CopyAsync(_stopping.Token);
            }
            catch (Exception e) when (e is BrokerUnreachableException or AlreadyClosedException or OperationInterruptedException or OperationCanceledException
                or IOException or TimeoutException)
            {
                await Task.Delay(Retry, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task CopyAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, _) =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        var copies = (await channel.QueueDeclareAsync(cancellationToken: cancellationToken)).QueueName;
        foreach (var queue in Queues)
            await channel.QueueBindAsync(copies, queue, "", cancellationToken: cancellationToken);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            if (Draw() is { } delay)
                _ = SendAsync(channel, message.Exchange, new BasicProperties(message.BasicProperties), message.Body.ToArray(), delay, cancellationToken);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(copies, autoAck: true, consumer, cancellationToken);
        await closed.Task.WaitAsync(cancellationToken);
    }

    private async Task SendAsync(
        IChannel channel, string queue, BasicProperties properties, byte[] body, TimeSpan delay, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(delay, cancellationToken);
            await channel.BasicPublishAsync("", queue, mandatory: false, properties, body, cancellationToken);
            _sent.AddOrUpdate(queue, 1, (_, count) => count + 1);
        }
        catch (Exception e) when (e is AlreadyClosedException or OperationInterruptedException or OperationCanceledException
            or ObjectDisposedException or IOException)
        {
            // The broker went away with it.
        }
    }

    private TimeSpan? Draw()
    {
        lock (_random)
            return _random.NextDouble() < Share ? TimeSpan.FromSeconds(LongestDelay * _random.NextDouble()) : null;
    }
}
