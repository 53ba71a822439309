namespace Cluster.Coordinator.Figures;

/// <summary>Losses of training batches, each at the parameters of its clock.</summary>
/// <param name="Sum">Over the examples.</param>
/// <param name="Examples">Of the batches.</param>
internal readonly record struct LossSum(double Sum, long Examples)
{
    /// <summary>Null where there are no examples.</summary>
    public double? Mean => Examples > 0 ? Sum / Examples : null;

    public LossSum Plus(LossSum next) => new(Sum + next.Sum, Examples + next.Examples);
}
