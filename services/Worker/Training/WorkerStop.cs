using Cluster.ServiceDefaults.Messaging;
using MassTransit;

namespace Cluster.Worker.Training;

/// <summary>Ends training items as soon as the process is asked to stop: their lanes are stolen or published again within moments.</summary>
internal sealed class WorkerStop(IHostApplicationLifetime lifetime)
{
    // An item that comes after that goes back at once, and could come again; this keeps it from circling.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs an item until it is done, or sends it to its queue again when the process stops: thrown, that would be a fault in the log.</summary>
    /// <param name="context">The item.</param>
    /// <param name="run">Runs it; its token is cancelled when the process stops, or with the item.</param>
    /// <returns>What there is to tell; null where the item went back.</returns>
    public async Task<object?> RunAsync<T>(ConsumeContext<T> context, Func<CancellationToken, Task<object?>> run)
        where T : class
    {
        var stopping = lifetime.ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        try
        {
            if (stopping.IsCancellationRequested) await Task.Delay(Pause, context.CancellationToken);
            either.Token.ThrowIfCancellationRequested();
            return await run(either.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await context.SendItemAsync(context.ReceiveContext.InputAddress.Segments[^1], context.Message, context.CancellationToken);
            return null;
        }
    }
}
