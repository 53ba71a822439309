using Cluster.Contracts.Devices;
using CsCheck;

namespace Cluster.Contracts.Tests.Devices;

public sealed class ClusterSpecTests
{
    private static readonly Gen<(string, int, string)[]> Tasks =
        Gen.Select(Gen.OneOf("chief", "worker", "ps"), Gen.Int[0, 6], Gen.Int[1, 65535], (job, task, port) => (job, task, $"10.0.0.{task}:{port}"))
            .Array[0, 12]
            .Select(tasks => tasks.DistinctBy(t => (t.Item1, t.Item2)).ToArray());

    [Fact]
    public void Parse_WhatToJsonWrote_HasTheSameTasks() => Tasks.Sample(tasks =>
    {
        var spec = ClusterSpec.Parse(new ClusterSpec(tasks).ToJson());
        Assert.Equal(tasks.Order(), spec.JobNames.SelectMany(job => spec.Tasks(job).Select(t => (job, t.Key, t.Value))).Order());
    });

    [Fact]
    public void ToJson_DenseAndSparseIndices_AreAListAndAnObject()
    {
        var spec = new ClusterSpec([("worker", 1, "b:2"), ("worker", 0, "a:1"), ("ps", 2, "c:3")]);

        Assert.Equal("""{"ps":{"2":"c:3"},"worker":["a:1","b:2"]}""", spec.ToJson());
    }

    [Fact]
    public void ToJson_NoTasks_IsAnEmptyObject() => Assert.Equal("{}", new ClusterSpec([]).ToJson());

    [Fact]
    public void Parse_EmptyList_IsAJobWithoutTasks() => Assert.Empty(ClusterSpec.Parse("""{"worker":[]}""").Tasks("worker"));

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "object of job names")]
    [InlineData("null", "object of job names")]
    [InlineData("""{"worker":"a:1"}""", "job 'worker' must be a list of addresses")]
    [InlineData("""{"worker":null}""", "job 'worker' must be a list")]
    [InlineData("""{"worker":["a:1",2]}""", "worker[1] is not an address")]
    [InlineData("""{"worker":[""]}""", "worker[0] is not an address")]
    [InlineData("""{"worker":{"-1":"a:1"}}""", "task index '-1' of job 'worker'")]
    [InlineData("""{"worker":{"x":"a:1"}}""", "task index 'x' of job 'worker'")]
    [InlineData("""{"worker":{"0":null}}""", "worker[\"0\"] is not an address")]
    [InlineData("""{"worker":["a:1"],"worker":["b:1"]}""", "Duplicate property 'worker'")]
    [InlineData("""{"worker":{"1":"a:1","01":"b:1"}}""", "task index '01' of job 'worker'")]
    [InlineData("""{"worker":["\ud800"]}""", "a text in it is not Unicode")]
    [InlineData("""{"worker":{"0":"a\udfff"}}""", "a text in it is not Unicode")]
    public void Parse_Malformed_NamesThePlace(string json, string expected)
        => Assert.Contains(expected, Assert.Throws<FormatException>(() => ClusterSpec.Parse(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Create_TaskTwiceOrNegative_Throws()
    {
        Assert.Throws<ArgumentException>(() => new ClusterSpec([("worker", 0, "a:1"), ("worker", 0, "b:1")]));
        Assert.Throws<ArgumentException>(() => new ClusterSpec([("worker", -1, "a:1")]));
    }

    [Fact]
    public void Tasks_UnknownJob_IsEmpty() => Assert.Empty(new ClusterSpec([]).Tasks("worker"));
}
