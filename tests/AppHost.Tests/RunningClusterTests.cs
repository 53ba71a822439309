using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Cluster.AppHost.Tests.Processes;
using Cluster.Client;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.AppHost.Tests;

/// <summary>The app host as Aspire runs it: known answers, what is killed comes back by itself, and what is started again has its jobs and key.</summary>
public sealed class RunningClusterTests : IAsyncLifetime
{
    private const int TestLimit = 420_000;
    private const long Points = 1L << 24;
    private const long Inside = 13_175_839; // of seed 42

    // Of the line that the first page shows, by synchronous steps on any number of workers.
    private const string Fingerprint = "c42398051570a6cb";

    // Seconds of work.
    private const int ManyEpochs = 20_000;

    private static readonly TrainingSpec Spec = new()
    {
        Mode = TrainingNames.Sync,
        Lanes = 8,
        Batch = 13,
        Epochs = 6000,
        Optimizer = TrainingNames.Adagrad,
        LearningRate = 0.8f,
        Seed = 1,
    };

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(150);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cluster-aspire-test-");
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private DistributedApplication? _app;
    private ClusterClient? _client;

    private DistributedApplication App => _app!;

    private ClusterClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        InstalledServers.Require();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _directory.Delete(recursive: true);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_Cluster_AnswersExactlyWhateverIsKilledDrainedOrStoppedAndStartsAgain()
    {
        Assert.Equal(Inside, (await Client.RunPiAsync(new PiSpec { Points = Points, Seed = 42 }, cancellationToken: _ct)).Inside);
        Assert.StartsWith(Fingerprint, (await EndAsync(await Client.SubmitAsync(Spec, cancellationToken: _ct))).Fingerprint, StringComparison.Ordinal);

        var fingerprints = new HashSet<string>();
        foreach (var name in (string[])["worker", "ps-0", "coordinator"])
        {
            var job = await Client.SubmitAsync(Spec with { Epochs = ManyEpochs }, cancellationToken: _ct);
            await foreach (var update in Client.WatchAsync(job.Id, _ct))
            {
                if (update.Job.Training is { Commits: > 0 }) break;
            }

            var restarting = App.ResourceNotifications.WaitForResourceAsync(name, "Restarting", _ct);
            var killed = await KillAsync(name);
            await restarting.WaitAsync(StartLimit, _ct);
            var model = await EndAsync(job);

            Assert.Equal(ManyEpochs, model.Steps);
            fingerprints.Add(model.Fingerprint);
            Assert.NotEqual(killed, await UntilBackAsync(name, killed));
        }

        Assert.Single(fingerprints);
        await DrainAndStopAsync();
        await StartAgainAsync();
    }

    /// <summary>It leaves nothing behind in between, and has its jobs and its key.</summary>
    private async Task StartAgainAsync()
    {
        var job = await Client.SubmitAsync(new PiSpec { Points = Points, Seed = 42 }, cancellationToken: _ct);
        await Client.WaitAsync(job.Id, cancellationToken: _ct);
        var key = await KeyAsync();
        Assert.Equal(key, Cluster.Client.State.ClusterStateFile.Read(StateFile).Key);

        await StopAsync();

        Assert.False(File.Exists(StateFile));
        Assert.Empty(await ProcessTable.LivingAfterAsync(() => ProcessTable.WorkingIn(_directory.FullName), TimeSpan.FromSeconds(10), _ct));
        await StartAsync();
        Assert.Equal(key, await KeyAsync());
        Assert.Equal(JobState.Succeeded, (await Client.GetJobAsync(job.Id, _ct)).State);
    }

    /// <summary>What is drained or stopped on the dashboard is not started again, and the others go on.</summary>
    private async Task DrainAndStopAsync()
    {
        var commands = App.Services.GetRequiredService<ResourceCommandService>();
        var before = (await Client.ListTasksAsync(_ct)).Where(task => task.JobName == "worker").Select(task => task.Instance).Order().ToList();

        var drained = await commands.ExecuteCommandAsync($"worker-{before[0]}", "drain", _ct);
        Assert.True(drained.Success, drained.Message);
        await UntilAsync("the worker has ended", () => ProcessesOf("worker").Count == 1);
        Assert.True((await commands.ExecuteCommandAsync(Resource("ps-1"), KnownResourceCommands.StopCommand, _ct)).Success);
        await UntilAsync("the ps task has ended", () => ProcessesOf("ps-1").Count == 0);

        // Longer than what is killed takes to be back.
        await Task.Delay(TimeSpan.FromSeconds(3), _ct);
        Assert.Empty(ProcessesOf("ps-1"));
        Assert.Equal(before[1], Assert.Single(await Client.ListTasksAsync(_ct), task => task.JobName == "worker").Instance);
        Assert.Equal(Inside, (await Client.RunPiAsync(new PiSpec { Points = Points, Seed = 42 }, cancellationToken: _ct)).Inside);
    }

    private IResource Resource(string name)
        => App.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(resource => resource.Name == name);

    private string StateFile => Path.Combine(_directory.FullName, "state.json");

    private async Task StartAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--workers", "2", "--parameter-stores", "2", "--servers", "executables", "--data-dir", Path.Combine(_directory.FullName, "data"),
            "--state-file", StateFile], _ct);
        _app = await builder.BuildAsync(_ct).WaitAsync(StartLimit, _ct);
        await _app.StartAsync(_ct).WaitAsync(StartLimit, _ct);
        foreach (var name in (string[])["coordinator", "ps-0", "ps-1", "worker"])
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(name, _ct).WaitAsync(StartLimit, _ct);
        await UntilAsync("the state file is there", () => File.Exists(StateFile));
        _client = ClusterClient.Connect(_app.GetEndpoint("coordinator", "grpc"), await KeyAsync());
    }

    private async Task StopAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        if (_app is not null)
        {
            await _app.StopAsync(CancellationToken.None);
            await _app.DisposeAsync();
        }

        (_client, _app) = (null, null);
    }

    private async Task<string> KeyAsync() => (await ((ParameterResource)Resource("cluster-key")).GetValueAsync(_ct))!;

    private async Task<TrainedModel> EndAsync(JobInfo job)
    {
        var ended = await Client.WaitAsync(job.Id, cancellationToken: _ct);
        Assert.True(ended.State == JobState.Succeeded, $"{ended.State}: {ended.Error}");
        return TrainedModel.FromJob(ended);
    }

    /// <summary>Kills the service's process itself, not what started it.</summary>
    /// <returns>Its process id.</returns>
    private async Task<int> KillAsync(string resource)
    {
        var pid = ProcessesOf(resource)[0];
        using var process = Process.GetProcessById(pid);
        process.Kill();
        await process.WaitForExitAsync(_ct);
        return pid;
    }

    private async Task<int> UntilBackAsync(string resource, int killed)
    {
        await UntilAsync($"{resource} is back", () => ProcessesOf(resource) is var now && now.Count == (resource == "worker" ? 2 : 1) && !now.Contains(killed));
        await App.ResourceNotifications.WaitForResourceHealthyAsync(resource, _ct).WaitAsync(StartLimit, _ct);
        return ProcessesOf(resource)[0];
    }

    /// <summary>The processes of a resource of this cluster, by what their environment says of them.</summary>
    private IReadOnlyList<int> ProcessesOf(string resource)
        => ProcessTable.WithEnvironment($"OTEL_SERVICE_NAME={resource}",
        $"CLUSTER_KEY={Cluster.Client.State.ClusterStateFile.Read(StateFile).Key}", "/Cluster.");

    private async Task UntilAsync(string what, Func<bool> holds)
    {
        var deadline = DateTime.UtcNow + StartLimit;
        while (!holds())
        {
            Assert.True(DateTime.UtcNow < deadline, $"not within {StartLimit.TotalSeconds} s: {what}");
            await Task.Delay(100, _ct);
        }
    }
}
