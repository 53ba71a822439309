namespace Cluster.ServiceDefaults.Redis;

/// <summary>Calls that are no longer waited for when a time is over or an item ends, and fail later.</summary>
public static class AbandonedCalls
{
    /// <summary>Looks at the call's failure, which is nobody's any more once the caller has stopped waiting.</summary>
    public static Task<T> Abandonable<T>(this Task<T> call)
    {
        Observe(call);
        return call;
    }

    /// <inheritdoc cref="Abandonable{T}"/>
    public static Task Abandonable(this Task call)
    {
        Observe(call);
        return call;
    }

    private static void Observe(Task call)
    {
        _ = call.ContinueWith(
            static failed => _ = failed.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
