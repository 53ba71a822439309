using Cluster.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Cluster.ServiceDefaults.Tests;

public sealed class RedisErrorsTests
{
    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", true)]
    [InlineData("BUSY Redis is busy running a script", true)]
    [InlineData("READONLY You can't write against a read only replica.", true)]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value", false)]
    [InlineData("ERR syntax error", false)]
    public void IsTransient_WhatRedisAnswers_PassesOrNot(string message, bool expected)
        => Assert.Equal(expected, RedisErrors.IsTransient(new RedisServerException(default, CommandFlags.None, message)));

    [Fact]
    public void IsTransient_NoAnswer_Passes()
    {
        Assert.True(RedisErrors.IsTransient(new RedisConnectionException(ConnectionFailureType.SocketFailure, CommandFlags.None, "gone", null, CommandStatus.Sent)));
        Assert.True(RedisErrors.IsTransient(new RedisTimeoutException(CommandFlags.None, "late", CommandStatus.Sent)));
        Assert.False(RedisErrors.IsTransient(new InvalidOperationException()));
    }
}
