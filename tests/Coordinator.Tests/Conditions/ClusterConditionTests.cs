using Cluster.Coordinator.Conditions;
using Grpc.Core;

namespace Cluster.Coordinator.Tests.Conditions;

public sealed class ClusterConditionTests
{
    private readonly ClusterCondition _condition = new();

    [Fact]
    public void Refusal_NobodyHasLooked_IsUnavailable() => Assert.Equal(StatusCode.Unavailable, _condition.Refusal?.StatusCode);

    [Fact]
    public void Refusal_RisksThatNobodyAccepted_NamesThemAndTheSetting()
    {
        _condition.Checked(["it forgets", "it loses"]);

        var refused = Assert.Throws<RpcException>(_condition.ThrowIfClosed).Status;
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Contains("it forgets; it loses", refused.Detail, StringComparison.Ordinal);
        Assert.Contains("Coordinator__AcceptUnsafeRedis=true", refused.Detail, StringComparison.Ordinal);

        _condition.Checked([]);
        _condition.ThrowIfClosed();
    }

    [Fact]
    public void Refusal_RedisIsFull_LastsAsLongAsItIs()
    {
        _condition.Checked([]);

        Assert.True(_condition.RedisRefuses("Redis, which is full", "make room"));
        Assert.False(_condition.RedisRefuses("Redis, which is full", "make room"));
        Assert.Equal(StatusCode.ResourceExhausted, _condition.Refusal?.StatusCode);
        Assert.Contains("make room", _condition.Refusal?.Detail, StringComparison.Ordinal);
        Assert.Equal("Redis, which is full", _condition.WaitingFor);

        Assert.True(_condition.RedisRefuses("", ""));
        Assert.Null(_condition.Refusal);
        Assert.Equal("", _condition.WaitingFor);
    }

    [Fact]
    public void WaitingFor_BothRefuse_IsRedisWithoutWhichNothingGoesOn()
    {
        _condition.BrokerRefuses("RabbitMQ");
        Assert.Equal("RabbitMQ", _condition.WaitingFor);
        _condition.RedisRefuses("Redis", "");
        Assert.Equal("Redis", _condition.WaitingFor);
        Assert.True(_condition.IsBrokerBlocked);
    }

    [Fact]
    public void Changed_OnlyWhatIsNew_Completes()
    {
        var changed = _condition.Changed;
        _condition.RedisRefuses("", "");
        Assert.False(changed.IsCompleted);
        _condition.BrokerRefuses("RabbitMQ");
        Assert.True(changed.IsCompleted);
        Assert.False(_condition.Changed.IsCompleted);
    }

    [Fact]
    public void Refusal_BrokerIsBlocked_JobsAreAcceptedAndWait()
    {
        _condition.Checked([]);
        _condition.BrokerRefuses("RabbitMQ");

        Assert.Null(_condition.Refusal);
    }
}
