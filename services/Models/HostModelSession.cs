using Cluster.Models.Data;

namespace Cluster.Models;

/// <summary>A model that computes on the host; the parameters stay where they are.</summary>
internal sealed class HostModelSession(IHostModel model) : IModelSession
{
    private ReadOnlyMemory<float> _parameters;

    public void Load(ReadOnlyMemory<float> parameters) => _parameters = parameters;

    public double Gradient(Batch batch, Span<float> sum) => model.Gradient(_parameters.Span, batch, sum);

    public void Evaluate(Batch batch, Span<double> sums) => model.Evaluate(_parameters.Span, batch, sums);

    public void Predict(Batch batch, Span<float> outputs) => model.Predict(_parameters.Span, batch, outputs);

    public void Dispose()
    {
    }
}
