using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Protocol.Segments;
using Cluster.Storage.Jobs;
using Grpc.Core;

namespace Cluster.Coordinator.Jobs;

/// <summary>Validates a submission whole and makes the job it asks for.</summary>
internal static class JobSubmission
{
    /// <summary>Most characters of an idempotency key.</summary>
    public const int MaxKeyLength = 64;

    /// <summary>What an idempotency key has to be, for error messages.</summary>
    public static readonly string KeyForm = $"must have 1 to {MaxKeyLength} characters";

    /// <exception cref="RpcException">INVALID_ARGUMENT with every violation.</exception>
    public static NewJob Read(SubmitRequest request, DateTimeOffset now)
    {
        var violations = new List<SpecViolation>();
        if (request.IdempotencyKey.Length is 0 or > MaxKeyLength)
            violations.Add(new SpecViolation("idempotency_key", request.IdempotencyKey, KeyForm));
        var (kind, spec, placements) = ReadSpec(request, violations);
        if (violations.Count > 0) throw SpecRejection.ToRpcException(violations);
        return new NewJob
        {
            Id = NewId.Of(kind),
            IdempotencyKey = request.IdempotencyKey,
            Kind = kind,
            Spec = spec,
            Generation = new Generation(1, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))),
            Submitted = now,
            Trace = Activity.Current?.Id ?? "",
            LogDevicePlacement = placements,
        };
    }

    private static (string Kind, string Spec, bool Placements) ReadSpec(SubmitRequest request, List<SpecViolation> violations)
    {
        IReadOnlyList<SpecViolation> found = [];
        try
        {
            switch (request.SpecCase)
            {
                case SubmitRequest.SpecOneofCase.Pi:
                    return request.Pi.TryToSpec(out var pi, out found) ? (JobKinds.Pi, Json(pi), pi.LogDevicePlacement) : ("", "", false);
                case SubmitRequest.SpecOneofCase.Computation:
                    return request.Computation.TryToSpec(out var computation, out found)
                        ? (JobKinds.Computation, Json(computation), computation.LogDevicePlacement)
                        : ("", "", false);
                case SubmitRequest.SpecOneofCase.Training:
                    return request.Training.TryToSpec(out var training, out found)
                        ? (JobKinds.Training, Json(training), training.LogDevicePlacement)
                        : ("", "", false);
                case SubmitRequest.SpecOneofCase.Op:
                    return request.Op.TryToSpec(out var op, out found) ? (JobKinds.Op, Json(op), op.LogDevicePlacement) : ("", "", false);
                default:
                    found = [new SpecViolation("spec", "", "is missing: one of pi, computation, training, op")];
                    return ("", "", false);
            }
        }
        finally
        {
            violations.AddRange(found);
        }
    }

    private static string Json<T>(T spec) => JsonSerializer.Serialize(spec, SpecJson.Options);
}
