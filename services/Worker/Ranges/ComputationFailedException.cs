using Cluster.Contracts.Errors;

namespace Cluster.Worker.Ranges;

/// <summary>
/// The computation threw, whatever it was. Without it a time-out of the computation's own would pass for Redis being away,
/// and its item would go round for ever, uncounted.
/// </summary>
internal sealed class ComputationFailedException(Exception cause) : Exception(FailureText.Of(cause), cause)
{
    /// <summary>Runs a computation's code on the pool.</summary>
    /// <exception cref="ComputationFailedException">It threw, and not because this worker stops.</exception>
    /// <exception cref="OperationCanceledException">The worker stops.</exception>
    public static async Task<T> GuardAsync<T>(Func<T> code, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(code, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ComputationFailedException(e);
        }
    }
}
