using Cluster.Contracts.Jobs;
using CsCheck;
using Grpc.Core;

namespace Cluster.Contracts.Tests.Jobs;

public sealed class SpecRejectionTests
{
    private static readonly Gen<SpecViolation> Violation = Gen.Select(
        Gen.OneOf("points", "device", "indexCount"),
        Gen.String[Gen.Char['a', 'z'], 0, 40],
        Gen.OneOf("must be from 1 to 10", "device spec '/x': part 'x' at position 1: wrong"),
        (field, value, limit) => new SpecViolation(field, value, limit));

    [Fact]
    public void TryRead_WhatToRpcExceptionMade_ListsTheSameViolations() => Violation.List[1, 6].Sample(violations =>
    {
        Assert.True(SpecRejection.TryRead(SpecRejection.ToRpcException(violations), out var read));
        Assert.Equal(violations, read);
    });

    [Fact]
    public void ToStatus_Violations_AreFieldsWithValueAndLimit()
    {
        var status = SpecRejection.ToStatus([new SpecViolation("points", "0", "must be from 1 to 10"), new SpecViolation("device", "", "must be given")]);
        var details = Google.Rpc.BadRequest.Parser.ParseFrom(Assert.Single(status.Details).Value);

        Assert.Equal((int)StatusCode.InvalidArgument, status.Code);
        Assert.Equal([("points", "0: must be from 1 to 10"), ("device", ": must be given")], details.FieldViolations.Select(v => (v.Field, v.Description)));
    }

    [Fact]
    public void TryRead_ValueWithASeparator_ReadsTheSameAsAWhole()
    {
        SpecViolation[] violations = [new("name", "a: b", "must be short")];

        Assert.True(SpecRejection.TryRead(SpecRejection.ToRpcException(violations), out var read));

        Assert.Equal(violations[0].ToString(), Assert.Single(read).ToString());
    }

    [Fact]
    public void ToStatus_HugeValue_StaysSmall()
        => Assert.True(Google.Protobuf.MessageExtensions.ToByteArray(
        SpecRejection.ToStatus([new SpecViolation("name", new string('x', 1_000_000), "must be short")])).Length < 2000);

    [Fact]
    public void TryRead_OtherFailures_AreNone()
    {
        Assert.False(SpecRejection.TryRead(new RpcException(new Status(StatusCode.InvalidArgument, "no details")), out _));
        Assert.False(SpecRejection.TryRead(new RpcException(new Status(StatusCode.Unavailable, "away")), out _));
        Assert.False(SpecRejection.TryRead(SpecRejection.ToRpcException([]), out _));
    }
}
