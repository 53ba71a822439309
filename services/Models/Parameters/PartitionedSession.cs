using Cluster.Models.Data;

namespace Cluster.Models.Parameters;

/// <summary>A session of a <see cref="PartitionedModel"/>: a copy of each tensor on the way in, and one on the way out.</summary>
internal sealed class PartitionedSession(IModelSession session, PartitionedTensor[] tensors, int length) : IModelSession
{
    private readonly float[] _parameters = new float[length];
    private readonly float[] _sum = new float[length];

    public void Load(ReadOnlyMemory<float> parameters)
    {
        if (parameters.Length != length)
            throw new ArgumentException($"There are {parameters.Length} parameters, the model has {length}.", nameof(parameters));
        foreach (var tensor in tensors) tensor.ToOwn(parameters.Span, _parameters);
        session.Load(_parameters);
    }

    public double Gradient(Batch batch, Span<float> sum)
    {
        if (sum.Length != length)
            throw new ArgumentException($"The gradient has {sum.Length} elements, the model {length}.", nameof(sum));
        var loss = session.Gradient(batch, _sum);
        foreach (var tensor in tensors) tensor.ToPlace(_sum, sum);
        return loss;
    }

    public void Evaluate(Batch batch, Span<double> sums) => session.Evaluate(batch, sums);

    public void Predict(Batch batch, Span<float> outputs) => session.Predict(batch, outputs);

    public void Dispose() => session.Dispose();
}
