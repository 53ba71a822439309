using System.Text.Json;
using System.Text.Json.Serialization;
using Cluster.Contracts.Tensors;

namespace Cluster.Compute.Ops;

/// <summary>The arguments of <see cref="OpComputation"/>.</summary>
internal sealed record OpArguments
{
    public required string Name { get; init; }

    public required FloatTensor A { get; init; }

    public FloatTensor? B { get; init; }
}

/// <summary>How the arguments of ops are written. <c>"Infinity"</c> and <c>"NaN"</c> are read, to be refused by the check of the operand.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(OpArguments))]
internal sealed partial class OpJson : JsonSerializerContext;
