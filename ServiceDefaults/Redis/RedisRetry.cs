using Polly;
using Polly.Retry;

namespace Cluster.ServiceDefaults.Redis;

/// <summary>Tries again while Redis is away: about a minute, with growing waits and jitter. Only for what may run twice.</summary>
public static class RedisRetry
{
    /// <summary>Tries again while Redis is full too: for what runs, and goes on when there is room.</summary>
    public static ResiliencePipeline Pipeline { get; } = Retry(RedisErrors.IsTransient);

    /// <summary>For what is new: a Redis that is full refuses it at once.</summary>
    public static ResiliencePipeline UnlessFull { get; } = Retry(e => RedisErrors.IsTransient(e) && !RedisErrors.IsFull(e));

    private static ResiliencePipeline Retry(Func<Exception, bool> isWorthIt) => new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } e && isWorthIt(e)),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(2),
            MaxRetryAttempts = 35,
        })
        .Build();
}
