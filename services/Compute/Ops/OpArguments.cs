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

/// <summary>How arguments and results of ops are written. An op may overflow: <c>"Infinity"</c> and <c>"NaN"</c> are values of results too.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(OpArguments))]
[JsonSerializable(typeof(FloatTensor))]
internal sealed partial class OpJson : JsonSerializerContext;
