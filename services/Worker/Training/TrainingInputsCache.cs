using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Parameters;
using Cluster.Protocol.Plans;
using Cluster.Storage.Data;
using Microsoft.Extensions.Options;

namespace Cluster.Worker.Training;

/// <summary>The training jobs that this process works for, with their models and data. Data sets are shared by jobs and bounded in bytes.</summary>
internal sealed class TrainingInputsCache
{
    private const int MaxJobs = 16;

    private readonly ModelCatalog _models;
    private readonly RedisDataSets _stored;
    private readonly LoadingCache<TrainingInputs> _jobs = new(MaxJobs, _ => 1);
    private readonly LoadingCache<DataSet> _data;

    public TrainingInputsCache(ModelCatalog models, RedisDataSets stored, IOptions<WorkerOptions> options)
    {
        (_models, _stored) = (models, stored);
        // A job that holds a data set goes with it, or the bound would hold for nobody.
        _data = new LoadingCache<DataSet>(options.Value.DataCacheBytesOrDefault,
            data => data.Chunks.Sum(chunk => chunk.ByteLength), data => _jobs.Drop(job => ReferenceEquals(job.Data, data)));
    }

    /// <summary>Whether this process knows a model.</summary>
    public bool Has(string model) => _models.Names.Contains(model);

    /// <summary>What a job needs.</summary>
    /// <exception cref="ArgumentException">The model does not exist here, or model and data are not what the plan says.</exception>
    /// <exception cref="DataFormatException">The data set is gone or damaged.</exception>
    public Task<TrainingInputs> GetAsync(string jobId, TrainingPlan plan, CancellationToken cancellationToken) =>
        _jobs.GetAsync(jobId, () => LoadAsync(plan), cancellationToken);

    private async Task<TrainingInputs> LoadAsync(TrainingPlan plan)
    {
        var data = plan.Spec.Data is { } id
            ? await _data.GetAsync(id, () => LoadDataAsync(id), CancellationToken.None)
            : LineExample.Create(plan.Spec.Seed);
        return new TrainingInputs(plan, PartitionedModel.Of(_models.Create(plan.Spec, data.FeatureCount, data.Rows), plan.TensorNames), data);
    }

    private Task<DataSet> LoadDataAsync(string id) => _stored.LoadAsync(id, CancellationToken.None);
}
