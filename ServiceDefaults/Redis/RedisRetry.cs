using Polly;
using Polly.Retry;

namespace Cluster.ServiceDefaults.Redis;

/// <summary>Tries again while Redis is away: about a minute, with growing waits and jitter. Only for what may run twice.</summary>
public static class RedisRetry
{
    public static ResiliencePipeline Pipeline { get; } = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } e && RedisErrors.IsTransient(e)),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(2),
            MaxRetryAttempts = 35,
        })
        .Build();
}
