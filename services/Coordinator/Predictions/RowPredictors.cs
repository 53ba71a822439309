using Cluster.Compute.Cpu;
using Cluster.Compute.Devices;
using Cluster.Contracts.Errors;
using Cluster.Contracts.Jobs;
using Cluster.Models;
using Cluster.Storage.Checkpoints;
using Grpc.Core;

namespace Cluster.Coordinator.Predictions;

/// <summary>Makes predictors of checkpoints. Owns the device on which they compute, which exists from the first one on.</summary>
internal sealed class RowPredictors(ModelCatalog models, CheckpointReader reader) : IDisposable
{
    // Half of the machine at most: the coordinator has jobs to supervise.
    private readonly Lazy<CpuDevice> _device = new(() => new CpuDevice(Math.Max(1, Environment.ProcessorCount / 2)));

    /// <exception cref="RpcException">INVALID_ARGUMENT where the model cannot be made here, RESOURCE_EXHAUSTED where there is no memory for it.</exception>
    public async Task<RowPredictor> LoadAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var plan = checkpoint.Plan;
        try
        {
            var model = models.Create(plan.Spec, plan.Features, plan.Rows);
            return new RowPredictor(_device.Value, plan, model, await reader.ReadParametersAsync(checkpoint, cancellationToken));
        }
        catch (ArgumentException e)
        {
            throw SpecRejection.ToRpcException([new SpecViolation("model", checkpoint.Id, FailureText.Of(e))]);
        }
        catch (DeviceException e)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"model '{checkpoint.Id}': {e.Message}"));
        }
    }

    public void Dispose()
    {
        if (_device.IsValueCreated) _device.Value.Dispose();
    }
}
