using System.Globalization;
using Cluster.Contracts.Devices;
using Cluster.Protocol.Messages;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Cluster.Chaos.Checks;

/// <summary>What is left in the queues.</summary>
internal static class QueueCheck
{
    private const int Tasks = 16;

    private static IEnumerable<string> Queues =>
    [
        QueueNames.WorkCpu, QueueNames.WorkGpu, QueueNames.Coordinator,
        $"{QueueNames.Coordinator}_error", $"{QueueNames.Coordinator}_skipped",
        .. Enumerable.Range(0, Tasks).Select(task => QueueNames.WorkTask(task, DeviceType.Cpu)),
    ];

    /// <summary>The queues that hold messages which nobody is working on, and how many.</summary>
    public static async Task<string> ReadyAsync(Uri broker, CancellationToken cancellationToken)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(cancellationToken);
        var filled = new List<string>();
        foreach (var queue in Queues)
        {
            // A queue that is not there closes the channel that asked.
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                var answer = await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
                if (answer.MessageCount > 0) filled.Add(string.Create(CultureInfo.InvariantCulture, $"{queue}: {answer.MessageCount}"));
            }
            catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
            {
                // No task has had this index.
            }
        }

        return string.Join(", ", filled);
    }
}
