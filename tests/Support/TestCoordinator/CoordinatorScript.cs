using Cluster.Contracts.Data.V1;
using Cluster.Contracts.Jobs.V1;
using Cluster.Contracts.Registry.V1;
using Grpc.Core;
using GetRequest = Cluster.Contracts.Jobs.V1.GetRequest;
using ListReply = Cluster.Contracts.Jobs.V1.ListReply;
using ListRequest = Cluster.Contracts.Jobs.V1.ListRequest;

namespace Cluster.TestCoordinator;

/// <summary>What a scripted coordinator answers; each part can be replaced, while it runs too.</summary>
public sealed class CoordinatorScript
{
    /// <summary>By default: accepts, once for a key.</summary>
    public Func<SubmitRequest, ServerCallContext, Task<Job>> Submit { get; set; } = (_, _) => Task.FromResult(SampleJobs.Running());

    public Func<GetRequest, ServerCallContext, Task<Job>> Get { get; set; } = (_, _) => Task.FromResult(SampleJobs.Running());

    public Func<ListRequest, ServerCallContext, Task<ListReply>> List { get; set; } = (_, _) => Task.FromResult(new ListReply());

    /// <summary>By default: half done, then succeeded.</summary>
    public Func<WatchRequest, IServerStreamWriter<JobUpdate>, ServerCallContext, Task> Watch { get; set; } = async (_, stream, _) =>
    {
        await stream.WriteAsync(new JobUpdate { Job = SampleJobs.Running(500) });
        await stream.WriteAsync(new JobUpdate { Job = SampleJobs.Succeeded() });
    };

    public Func<CancelRequest, ServerCallContext, Task<Job>> Cancel { get; set; } = (_, _) =>
        Task.FromResult(SampleJobs.Ended(JobState.Cancelled, "interrupted"));

    /// <summary>By default: reads the whole file, and has made a data set of three rows from it.</summary>
    public Func<IAsyncStreamReader<LoadRequest>, ServerCallContext, Task<DataSet>> Load { get; set; } = async (parts, _) =>
    {
        var label = "";
        while (await parts.MoveNext())
            if (parts.Current.Header is { } header) label = header.Label;
        return new DataSet { Id = "data-1", Features = { "x" }, Label = label, Rows = 3, Fingerprint = "ab" };
    };

    /// <summary>By default: nothing was measured.</summary>
    public Func<ReadSummariesRequest, Task<ReadSummariesReply>> Summaries { get; set; } = _ => Task.FromResult(new ReadSummariesReply());

    /// <summary>By default: half read, then a data set of three rows.</summary>
    public Func<AddRequest, IServerStreamWriter<AddUpdate>, ServerCallContext, Task> Add { get; set; } = async (request, stream, _) =>
    {
        await stream.WriteAsync(new AddUpdate { Progress = new LoadProgress { Rows = 1, TotalRows = 2 } });
        await stream.WriteAsync(new AddUpdate { DataSet = SampleDataSets.Of(request.Data.Name, request.Data.Source) });
    };

    public Func<Contracts.Data.V1.GetRequest, ServerCallContext, Task<DataSetDetails>> Describe { get; set; } = (_, _) =>
        Task.FromResult(SampleDataSets.Details());

    public Func<RemoveRequest, ServerCallContext, Task<DataSet>> Remove { get; set; } = (request, _) =>
        Task.FromResult(SampleDataSets.Of(request.Id, "houses.csv"));

    public Func<Contracts.Data.V1.ListReply> DataSets { get; set; } = () =>
        new Contracts.Data.V1.ListReply { DataSets = { SampleDataSets.Of("houses", "houses.csv") } };

    public Func<ListTasksReply> Tasks { get; set; } = () => new ListTasksReply();

    /// <summary>By default: there is no such task.</summary>
    public Func<DrainTaskRequest, DrainTaskReply> Drain { get; set; } = request =>
        throw new RpcException(new Status(StatusCode.NotFound, $"there is no task '{request.Task}'; there are no workers"));

    public string ClusterSpecJson { get; set; } = "{}";
}
