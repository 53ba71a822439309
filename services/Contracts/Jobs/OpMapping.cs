using System.Diagnostics.CodeAnalysis;
using Cluster.Contracts.Tensors;

namespace Cluster.Contracts.Jobs;

/// <summary>Ops as protobuf messages and back.</summary>
public static class OpMapping
{
    public static V1.OpSpec ToProto(this OpSpec spec) => new()
    {
        Name = spec.Name,
        A = ToProto(spec.A),
        B = spec.B is null ? null : ToProto(spec.B),
        Device = spec.Device ?? "",
        LogDevicePlacement = spec.LogDevicePlacement,
        SoftPlacement = spec.SoftPlacement,
    };

    /// <summary>Reads and validates a message; where it is wrong, <paramref name="violations"/> lists everything that is.</summary>
    public static bool TryToSpec(this V1.OpSpec message, [NotNullWhen(true)] out OpSpec? spec, out IReadOnlyList<SpecViolation> violations)
    {
        var read = new OpSpec
        {
            Name = message.Name,
            A = ToTensor(message.A ?? new V1.FloatTensor()),
            B = message.B is null ? null : ToTensor(message.B),
            Device = message.Device.Length == 0 ? null : message.Device,
            LogDevicePlacement = message.LogDevicePlacement,
            SoftPlacement = message.SoftPlacement,
        };
        violations = read.Validate();
        spec = violations.Count == 0 ? read : null;
        return spec is not null;
    }

    private static V1.FloatTensor ToProto(FloatTensor tensor) => new() { Shape = { tensor.Shape }, Values = { tensor.Values } };

    private static FloatTensor ToTensor(V1.FloatTensor tensor) => new([.. tensor.Shape], [.. tensor.Values]);
}
