using System.Text.Json;
using Cluster.Contracts.Devices;
using CsCheck;

namespace Cluster.Contracts.Tests.Devices;

public sealed class DeviceSpecTests
{
    private static readonly int[] PartNumbers = [0, 1, 2, 3];

    private static readonly DeviceSpec Full = new() { JobName = "worker", Replica = 0, Task = 1, Type = DeviceType.Gpu, Index = 2 };

    [Fact]
    public void Parse_WhatToStringWrote_IsTheSameSpec()
        => DeviceSpecs.Any.Sample(spec => DeviceSpec.Parse(spec.ToString()) == spec);

    [Fact]
    public void Json_WhatWasWritten_IsTheSameSpec()
        => DeviceSpecs.Any.Sample(spec => JsonSerializer.Deserialize<DeviceSpec>(JsonSerializer.Serialize(spec)) == spec);

    [Theory]
    [InlineData("/job:worker/replica:0/task:1/device:GPU:2", "/job:worker/replica:0/task:1/device:GPU:2")]
    [InlineData("/job:worker/task:1/gpu:0", "/job:worker/task:1/device:GPU:0")]
    [InlineData("/gpu:0", "/device:GPU:0")]
    [InlineData("/cpu:0", "/device:CPU:0")]
    [InlineData("/device:gpu:*", "/device:GPU:*")]
    [InlineData("/gpu:*", "/device:GPU:*")]
    [InlineData("/gpu", "/device:GPU:*")]
    [InlineData("/job:*/replica:*/task:*/device:GPU:*", "/device:GPU:*")]
    [InlineData("/job:worker/task:*/cpu:0", "/job:worker/device:CPU:0")]
    [InlineData("/device:CPU", "/device:CPU:*")]
    [InlineData("/task:3/job:ps", "/job:ps/task:3")]
    [InlineData("", "")]
    public void Parse_FullAndShortForms_AreWrittenInFull(string text, string expected)
        => Assert.Equal(expected, DeviceSpec.Parse(text).ToString());

    [Fact]
    public void Parse_Case_MattersInJobNamesAndNotInDeviceTypes()
    {
        Assert.Equal(DeviceSpec.Parse("/device:GPU:0"), DeviceSpec.Parse("/device:gPu:0"));
        Assert.Equal(DeviceSpec.Parse("/cpu:0"), DeviceSpec.Parse("/CPU:0"));
        Assert.NotEqual(DeviceSpec.Parse("/job:worker"), DeviceSpec.Parse("/job:Worker"));
        Assert.False(DeviceSpec.TryParse("/JOB:worker", out _, out _));
        Assert.False(DeviceSpec.TryParse("/Task:0", out _, out _));
    }

    [Theory]
    [InlineData("job:worker", "must start with '/'")]
    [InlineData("/", "part '' at position 1")]
    [InlineData("/job:worker/", "part '' at position 12")]
    [InlineData("/job:worker/tusk:0", "part 'tusk:0' at position 12: 'tusk' is none of job, replica, task, device, cpu, gpu")]
    [InlineData("/job:1a", "part 'job:1a' at position 1: job name '1a' is not a letter followed by letters, digits or '_'")]
    [InlineData("/job:", "part 'job:' at position 1: job name ''")]
    [InlineData("/job", "part 'job' at position 1: 'job' takes one value")]
    [InlineData("/job:a:b", "part 'job:a:b' at position 1: 'job' takes one value")]
    [InlineData("/task:-1", "part 'task:-1' at position 1: task '-1' is not a whole number from 0 to 2147483647")]
    [InlineData("/task:2147483648", "task '2147483648' is not a whole number")]
    [InlineData("/replica:x", "part 'replica:x' at position 1: replica 'x'")]
    [InlineData("/replica:0:1", "'replica' takes one value, as in replica:0")]
    [InlineData("/device", "'device' takes a type and an index, as in device:CPU:0")]
    [InlineData("/device:TPU:0", "device type 'TPU' is neither CPU nor GPU")]
    [InlineData("/gpu:a", "device index 'a' is not a whole number")]
    [InlineData("/gpu:0:1", "part 'gpu:0:1' at position 1")]
    [InlineData("/job:a/job:b", "part 'job:b' at position 7: job is given twice")]
    [InlineData("/task:0/task:0", "part 'task:0' at position 8: task is given twice")]
    [InlineData("/replica:0/replica:0", "replica is given twice")]
    [InlineData("/task:*/task:0", "part 'task:0' at position 8: task is given twice")]
    [InlineData("/cpu:0/device:GPU:0", "part 'device:GPU:0' at position 7: the device is given twice")]
    public void Parse_Malformed_PointsAtThePart(string text, string expected)
    {
        var error = Assert.Throws<FormatException>(() => DeviceSpec.Parse(text));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_VeryLong_NamesItsLengthAndNotItself()
    {
        Assert.False(DeviceSpec.TryParse("/job:" + new string('a', 10_000), out var spec, out var error));

        Assert.Equal("device spec of 10005 characters is longer than 256", error);
        Assert.Equal(DeviceSpec.Any, spec);
    }

    [Fact]
    public void TryParse_AnyText_NeverThrows()
        => Gen.String.Array[0, 6].Sample(parts => DeviceSpec.TryParse("/" + string.Join('/', parts), out _, out var error) == (error.Length == 0));

    [Fact]
    public void Merge_IsAssociativeAndHasAnyAsItsUnit()
        => Gen.Select(DeviceSpecs.Any, DeviceSpecs.Any, DeviceSpecs.Any).Sample((a, b, c) =>
            a.Merge(b).Merge(c) == a.Merge(b.Merge(c)) && a.Merge(DeviceSpec.Any) == a && DeviceSpec.Any.Merge(a) == a && a.Merge(a) == a);

    [Fact]
    public void Parse_PartsInAnyOrderAndCaseOfTypes_AreTheSameSpec()
        => Gen.Select(DeviceSpecs.Any, Gen.Shuffle(PartNumbers), Gen.Bool).Sample((spec, order, isShort) =>
        {
            string?[] parts =
            [
                spec.JobName is null ? "/job:*" : $"/job:{spec.JobName}",
                spec.Replica is null ? null : $"/replica:{spec.Replica}",
                spec.Task is null ? "/task:*" : $"/task:{spec.Task}",
                spec.Type is null ? null : $"{(isShort ? "/" : "/device:")}{spec.Type}:{(spec.Index is { } index ? $"{index}" : "*")}",
            ];
            return DeviceSpec.Parse(string.Concat(order.Select(i => parts[i]))) == spec;
        });

    [Fact]
    public void Merge_EachField_IsTheInnersWhereItIsSet()
        => Gen.Select(DeviceSpecs.Any, DeviceSpecs.Any).Sample((outer, inner) =>
        {
            var merged = outer.Merge(inner);
            return merged.JobName == (inner.JobName ?? outer.JobName) && merged.Replica == (inner.Replica ?? outer.Replica)
                && merged.Task == (inner.Task ?? outer.Task) && merged.Type == (inner.Type ?? outer.Type) && merged.Index == (inner.Index ?? outer.Index);
        });

    [Fact]
    public void Merge_InnerFieldsWinAndOthersAreFilled()
    {
        var merged = DeviceSpec.Parse("/job:ps/task:3/cpu:0").Merge(DeviceSpec.Parse("/job:worker/gpu:1"));

        Assert.Equal("/job:worker/task:3/device:GPU:1", merged.ToString());
    }

    [Fact]
    public void Matches_WhatWasFilledIntoASpec_SatisfiesIt()
        => DeviceSpecs.Any.Sample(spec => Full.Merge(spec) is var device && spec.Matches(device) && DeviceSpec.Any.Matches(device));

    [Theory]
    [InlineData("/job:ps")]
    [InlineData("/replica:1")]
    [InlineData("/task:0")]
    [InlineData("/cpu:*")]
    [InlineData("/gpu:0")]
    public void Matches_OneFieldDiffers_IsFalse(string spec) => Assert.False(DeviceSpec.Parse(spec).Matches(Full));

    [Theory]
    [InlineData("1")]
    [InlineData("\"/nonsense\"")]
    public void Json_Wrong_IsAJsonException(string json)
        => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<DeviceSpec>(json));
}
