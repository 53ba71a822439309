using System.Net;
using System.Net.Sockets;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Data.V1;
using Cluster.Contracts.Devices;
using Cluster.TestCoordinator;
using Grpc.Core;
using Registry = Cluster.Contracts.Registry.V1;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Client.Tests;

public sealed class CallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnyCall_WrongKey_ThrowsAuthentication()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = ClusterClient.Connect(coordinator.Address, "another-key", TestClients.Options);

        await Assert.ThrowsAsync<ClusterAuthenticationException>(() => client.ListJobsAsync(cancellationToken: Token));
        await Assert.ThrowsAsync<ClusterAuthenticationException>(() => client.WaitAsync("any", cancellationToken: Token));
    }

    [Fact]
    public async Task AnyCall_NobodyListens_SaysWhereAndHowToStart()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await coordinator.DieAsync();
        await using var client = TestClients.Connect(coordinator);

        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => client.GetJobAsync("any", Token));

        Assert.Equal(coordinator.Address, error.Address);
        Assert.Contains($"http://127.0.0.1:{coordinator.Address.Port}", error.Message, StringComparison.Ordinal);
        Assert.Contains("dotnet run --project AppHost", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task AnyCall_NoAnswer_EndsAtItsDeadline()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator, TestClients.Options with { CallTimeout = TimeSpan.FromMilliseconds(200) });
        coordinator.Script.Get = async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return SampleJobs.Running();
        };

        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => client.GetJobAsync("any", Token));

        Assert.Equal($"the cluster at {coordinator.Address.GetLeftPart(UriPartial.Authority)} does not answer: no answer within the time limit", error.Message);
    }

    [Fact]
    public async Task AnyCall_CannotNow_SaysWhatTheClusterSays()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.Get = (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, "this coordinator is not the chief now; try again"));

        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => client.GetJobAsync("any", Token));

        Assert.EndsWith("answers that it cannot do that now: this coordinator is not the chief now; try again", error.Message, StringComparison.Ordinal);
        Assert.Equal(TestClients.Options.CallRetries + 1, coordinator.Calls.Count);
    }

    [Fact]
    public async Task AnyCall_NoAnswerForAWhile_SaysSoOnceAndGoesOn()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var notices = 0;
        await using var client = TestClients.Connect(coordinator, TestClients.Options with { NoticeDelay = TimeSpan.FromMilliseconds(20), NoAnswer = Tell });
        coordinator.Script.Get = async (_, _) =>
        {
            await told.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
            return SampleJobs.Running();
        };

        await client.GetJobAsync("any", Token);

        Assert.Equal($"no answer from {coordinator.Address.GetLeftPart(UriPartial.Authority)} for 0 s; waiting up to 60 s", await told.Task);
        Assert.Equal(1, notices);

        void Tell(string text)
        {
            Interlocked.Increment(ref notices);
            told.TrySetResult(text);
        }
    }

    [Fact]
    public async Task WatchAsync_JobGoesSilent_SaysSoAndGoesOn()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var client = TestClients.Connect(coordinator,
            TestClients.Options with { NoticeDelay = TimeSpan.FromMilliseconds(20), NoAnswer = _ => told.TrySetResult() });
        coordinator.Script.Watch = async (_, stream, _) =>
        {
            await stream.WriteAsync(new V1.JobUpdate { Job = SampleJobs.Running() });
            await told.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
            await stream.WriteAsync(new V1.JobUpdate { Job = SampleJobs.Succeeded() });
        };

        Assert.Equal(JobState.Succeeded, (await client.WaitAsync(SampleJobs.Id, cancellationToken: Token)).State);
    }

    [Fact]
    public async Task RemoveDataAsync_AnswerLost_IsWhatIsGone()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.Remove = (_, context) =>
        {
            if (coordinator.Received<RemoveRequest>().Count == 1) context.GetHttpContext().Abort();
            throw new RpcException(new Status(StatusCode.NotFound, "there is no data set 'houses'"));
        };

        Assert.Equal("houses", (await client.RemoveDataAsync("houses", Token)).Name);
    }

    [Fact]
    public async Task AnyCall_NotACoordinator_ThrowsUnavailable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsHttp1Async(listener, Token);
        await using var client = ClusterClient.Connect(new Uri($"http://{listener.LocalEndpoint}"), "key", TestClients.Options with { CallRetries = 1 });

        await Assert.ThrowsAsync<ClusterUnavailableException>(() => client.GetJobAsync("any", Token));

        listener.Stop();
        await serving.WaitAsync(TimeSpan.FromSeconds(60), Token);
    }

    [Fact]
    public async Task AnyCall_TokenCancelled_ThrowsOperationCanceled()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        using var source = new CancellationTokenSource();
        coordinator.Script.Get = async (_, context) =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return SampleJobs.Running();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetJobAsync("any", source.Token));
    }

    [Theory]
    [InlineData(StatusCode.Unimplemented, "not a coordinator")]
    [InlineData(StatusCode.ResourceExhausted, "ResourceExhausted: too much")]
    [InlineData(StatusCode.InvalidArgument, "InvalidArgument: too much")]
    public async Task AnyCall_OtherStatus_SaysItInOneLine(StatusCode status, string expected)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.Get = (_, _) => throw new RpcException(new Status(status, "too much\nof it"));

        var error = await Assert.ThrowsAsync<ClusterException>(() => client.GetJobAsync("any", Token));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task GetAndCancelAsync_NoSuchJob_ThrowWithItsId()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.Get = (_, _) => throw new RpcException(new Status(StatusCode.NotFound, "no"));
        coordinator.Script.Cancel = (_, _) => throw new RpcException(new Status(StatusCode.NotFound, "no"));

        Assert.Equal("a", (await Assert.ThrowsAsync<JobNotFoundException>(() => client.GetJobAsync("a", Token))).JobId);
        Assert.Equal("b", (await Assert.ThrowsAsync<JobNotFoundException>(() => client.CancelAsync("b", "why", Token))).JobId);
        Assert.Equal("why", Assert.Single(coordinator.Received<V1.CancelRequest>()).Reason);
    }

    [Fact]
    public async Task ListJobsAsync_Jobs_AreMapped()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.List = (_, _) => Task.FromResult(
            new V1.ListReply { Jobs = { SampleJobs.Succeeded(), new V1.Job { Id = "bare", State = (V1.JobState)77 } } });

        var jobs = await client.ListJobsAsync(7, Token);

        Assert.Equal(7, Assert.Single(coordinator.Received<V1.ListRequest>()).Limit);
        Assert.Equal([JobState.Succeeded, JobState.Unknown], jobs.Select(j => j.State));
        Assert.Equal((42, TimeSpan.FromSeconds(2.5)), (jobs[0].Spec!.Value.GetProperty("seed").GetInt32(), jobs[0].Elapsed));
        Assert.Equal((null, null, TimeSpan.Zero), (jobs[1].Result, jobs[1].StartedAt, jobs[1].Elapsed));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.ListJobsAsync(1001, Token));
    }

    [Fact]
    public async Task ListTasksAsync_Tasks_AreMapped()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var device = new Registry.Device { Name = "/job:worker/replica:0/task:1/device:CPU:0", Description = "2 cores", Doing = "pi" };
        var task = new Registry.TaskInfo
        {
            JobName = JobNames.Worker,
            Index = 1,
            Address = "h:1",
            Incarnation = "3.ff",
            Instance = "worker-1",
            Devices = { device }
        };
        coordinator.Script.Tasks = () => new Registry.ListTasksReply { Tasks = { task } };

        var mapped = Assert.Single(await client.ListTasksAsync(Token));

        Assert.Equal(("/job:worker/task:1", "h:1", "3.ff", "worker-1"), (mapped.Name, mapped.Address, mapped.Incarnation, mapped.Instance));
        Assert.Equal((device.Name, "2 cores", "pi"), (mapped.Devices[0].Name, mapped.Devices[0].Description, mapped.Devices[0].Doing));
    }

    [Fact]
    public async Task GetClusterSpecAsync_Json_IsReadOrRefused()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.ClusterSpecJson = """{"worker":["a:1","b:2"]}""";

        Assert.Equal("b:2", (await client.GetClusterSpecAsync(Token)).Tasks(JobNames.Worker)[1]);

        coordinator.Script.ClusterSpecJson = "[]";
        await Assert.ThrowsAsync<ClusterException>(() => client.GetClusterSpecAsync(Token));
    }

    private static async Task AnswerAsHttp1Async(TcpListener listener, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptSocketAsync(cancellationToken);
                await connection.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancellationToken);
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The listener stopped.
        }
    }
}
