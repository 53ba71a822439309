using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace Cluster.Contracts.Jobs;

/// <summary>
/// A refused spec on the wire: INVALID_ARGUMENT with a <c>google.rpc.BadRequest</c> that lists every violation, field by
/// field, with the description <c>value: limit</c>.
/// </summary>
public static class SpecRejection
{
    private const string Separator = ": ";

    /// <summary>The status to answer with. Values are cut to <see cref="SpecViolation.MaxShownValue"/> characters.</summary>
    public static Google.Rpc.Status ToStatus(IReadOnlyCollection<SpecViolation> violations)
    {
        var details = new BadRequest();
        details.FieldViolations.AddRange(violations.Select(v => new BadRequest.Types.FieldViolation
        {
            Field = v.Field,
            Description = v.ShownValue + Separator + v.ShownLimit,
        }));

        return new Google.Rpc.Status
        {
            Code = (int)Code.InvalidArgument,
            Message = string.Join("; ", violations),
            Details = { Any.Pack(details) },
        };
    }

    /// <summary>The exception for a service to throw.</summary>
    public static RpcException ToRpcException(IReadOnlyCollection<SpecViolation> violations) => ToStatus(violations).ToRpcException();

    /// <summary>
    /// The violations in a status, if it is a refusal of a spec. A value that contains <c>": "</c> is cut there, and the rest
    /// of it stands before the limit: the whole reads the same.
    /// </summary>
    public static bool TryRead(Google.Rpc.Status status, [NotNullWhen(true)] out IReadOnlyList<SpecViolation>? violations)
    {
        violations = status.Code == (int)Code.InvalidArgument && status.GetDetail<BadRequest>() is { } details
            ? [.. details.FieldViolations.Select(Read)]
            : null;
        return violations is { Count: > 0 };
    }

    /// <summary>The violations in a failed call, if it was refused for its spec.</summary>
    public static bool TryRead(RpcException exception, [NotNullWhen(true)] out IReadOnlyList<SpecViolation>? violations)
    {
        violations = null;
        return exception.GetRpcStatus() is { } status && TryRead(status, out violations);
    }

    private static SpecViolation Read(BadRequest.Types.FieldViolation violation)
    {
        var text = violation.Description;
        var end = text.IndexOf(Separator, StringComparison.Ordinal);
        return end < 0
            ? new SpecViolation(violation.Field, "", text)
            : new SpecViolation(violation.Field, text[..end], text[(end + Separator.Length)..]);
    }
}
