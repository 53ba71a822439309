using Cluster.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Cluster.ServiceDefaults.Tests;

public sealed class RedisErrorsTests
{
    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", true)]
    [InlineData("BUSY Redis is busy running a script", true)]
    [InlineData("READONLY You can't write against a read only replica.", true)]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", true)]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'. script: 5f, on @user_script:3.", true)]
    [InlineData("ERR Error running script (call to f_5f): @user_script:3: @user_script: 3: -OOM command not allowed when used memory > 'maxmemory'. ", true)]
    [InlineData("ERR Error running script (call to f_5f): @user_script:3: @user_script: 3: -WRONGTYPE Operation against a key", false)]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value", false)]
    [InlineData("ERR syntax error", false)]
    public void IsTransient_WhatRedisAnswers_PassesOrNot(string message, bool expected)
        => Assert.Equal(expected, RedisErrors.IsTransient(new RedisServerException(default, CommandFlags.None, message)));

    [Theory]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", true)]
    [InlineData("ERR Error running script (call to f_5f): @user_script:3: @user_script: 3: -OOM command not allowed when used memory > 'maxmemory'. ", true)]
    [InlineData("LOADING Redis is loading the dataset in memory", false)]
    [InlineData("ERR no OOM here", false)]
    public void IsFull_WhatRedisAnswers_SaysSoOrNot(string message, bool expected)
        => Assert.Equal(expected, RedisErrors.IsFull(new RedisServerException(default, CommandFlags.None, message)));

    [Fact]
    public void IsTransient_NoAnswer_Passes()
    {
        Assert.True(RedisErrors.IsTransient(
            new RedisConnectionException(ConnectionFailureType.SocketFailure, CommandFlags.None, "gone", null, CommandStatus.Sent)));
        Assert.True(RedisErrors.IsTransient(new RedisTimeoutException(CommandFlags.None, "late", CommandStatus.Sent)));
        Assert.False(RedisErrors.IsTransient(new InvalidOperationException()));
    }
}
