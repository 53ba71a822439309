using Cluster.Compute.Devices;
using Cluster.Compute.Optimizers;
using Cluster.Contracts.Jobs;

namespace Cluster.Models.Parameters;

/// <summary>A model whose tensors lie in another order in the vector that workers and ps tasks exchange;
/// so that each ps task's variables are neighbours.</summary>
/// <remarks>What it starts from, its gradients and its predictions have the bits of the model itself: only places differ.</remarks>
public sealed class PartitionedModel : IModel
{
    private readonly IModel _model;
    private readonly PartitionedTensor[] _tensors;

    private PartitionedModel(IModel model, ParameterTensor[] order)
    {
        _model = model;
        Layout = new ParameterLayout([.. order.Select(tensor => (tensor.Name, tensor.Shape.ToArray()))]);
        _tensors = [.. order.Select((tensor, i) => new PartitionedTensor(tensor.Offset, Layout.Tensors[i].Offset, tensor.Length))];
    }

    public string Name => _model.Name;

    public int Features => _model.Features;

    public int Outputs => _model.Outputs;

    public int Classes => _model.Classes;

    public GradientScale Scale => _model.Scale;

    public ParameterLayout Layout { get; }

    public IReadOnlyList<Metric> Metrics => _model.Metrics;

    public IReadOnlyList<UniformStart>? Starts => _model.Starts is { } starts
        ? [.. _tensors.SelectMany(tensor => starts.Select(start => Moved(start, tensor)).OfType<UniformStart>())]
        : null;

    /// <summary>The model with its tensors in this order; the model itself where that is its own.</summary>
    /// <param name="model">The model.</param>
    /// <param name="names">All its tensors by name.</param>
    /// <exception cref="ArgumentException">The names are not those of the model's tensors.</exception>
    public static IModel Of(IModel model, IReadOnlyList<string> names)
    {
        var own = model.Layout.Tensors;
        if (own.Select(tensor => tensor.Name).SequenceEqual(names)) return model;
        if (names.Count != own.Count || names.Distinct().Count() != names.Count || names.Except(own.Select(tensor => tensor.Name)).Any())
            throw new ArgumentException($"the tensors are {string.Join(", ", names)}, those of the model "
                + $"{string.Join(", ", own.Select(tensor => tensor.Name))}", nameof(names));
        return new PartitionedModel(model, [.. names.Select(name => own.Single(tensor => tensor.Name == name))]);
    }

    /// <summary>The tensors in the order of the model itself, whatever order they are exchanged in.</summary>
    public static ParameterLayout OwnLayout(IModel model)
    {
        return model is PartitionedModel partitioned ? partitioned._model.Layout : model.Layout;
    }

    /// <summary>Parameters in the order of the model itself, whatever order they are exchanged in: what fingerprints are computed of.</summary>
    /// <param name="model">Of <see cref="Of"/>.</param>
    /// <param name="parameters">In the order of its layout.</param>
    public static float[] InOwnOrder(IModel model, float[] parameters)
    {
        if (model is not PartitionedModel partitioned) return parameters;
        var own = new float[parameters.Length];
        foreach (var tensor in partitioned._tensors) tensor.ToOwn(parameters, own);
        return own;
    }

    public void Initialise(ulong seed, int first, Span<float> parameters)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Layout.Length - parameters.Length);
        foreach (var tensor in _tensors)
        {
            int from = Math.Max(tensor.Place, first), to = Math.Min(tensor.Place + tensor.Length, first + parameters.Length);
            if (from < to) _model.Initialise(seed, tensor.Own + (from - tensor.Place), parameters[(from - first)..(to - first)]);
        }
    }

    public IModelSession Open(IDeviceStream stream, int capacity) => new PartitionedSession(_model.Open(stream, capacity), _tensors, Layout.Length);

    private static UniformStart? Moved(UniformStart start, PartitionedTensor tensor)
    {
        int from = Math.Max(start.First, tensor.Own), to = Math.Min(start.First + start.Length, tensor.Own + tensor.Length);
        return from < to ? new UniformStart(from - tensor.Own + tensor.Place, to - from, start.Bound) { Index = start.Index + (from - start.First) } : null;
    }
}

/// <summary>Where a tensor lies in the model's own vector, and where in the exchanged one.</summary>
internal readonly record struct PartitionedTensor(int Own, int Place, int Length)
{
    public void ToOwn(ReadOnlySpan<float> placed, Span<float> own) => placed.Slice(Place, Length).CopyTo(own[Own..]);

    public void ToPlace(ReadOnlySpan<float> own, Span<float> placed) => own.Slice(Own, Length).CopyTo(placed[Place..]);
}
