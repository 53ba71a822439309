using System.Diagnostics;
using Cluster.DataPlane.Client;
using Cluster.LocalHosting.Servers;
using Cluster.ParameterStore;
using Cluster.ParameterStore.Tasks;
using Cluster.Protocol.Parameters;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using V1 = Cluster.Contracts.Parameters.V1;

namespace Cluster.Benchmarks.Exchange;

/// <summary>Steps of workers that compute nothing, through real streams on loopback; both sides are in this process.</summary>
internal static class ExchangeBenchmark
{
    private const int WarmUp = 3_000;
    private const int Steps = 6_000;
    private const long Clocks = 1_000_000;

    private static readonly Generation First = new(1, 1);

    public static async Task RunAsync()
    {
        await using RedisServerProcess redis = await RedisServerProcess.StartAsync();
        string key = ClusterKey.Generate();
        await using WebApplication app = await StartAsync(redis.ConnectionString, key);
        Uri address = ServerAddress.Grpc(app.Services);
        Console.WriteLine($"{Environment.ProcessorCount} cores, load {(File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Trim() : "unknown")}");
        foreach ((bool isAsync, int workers) in new[] { (false, 1), (false, 2), (true, 1), (true, 2), (true, 8) })
            await MeasureAsync(address, key, 2, isAsync, workers, WarmUp, Steps);
        foreach (int length in new[] { 1 << 10, 1 << 16, 1 << 20 })
            await MeasureAsync(address, key, length, isAsync: false, workers: 1, length > 1 << 16 ? 30 : WarmUp / 6, length > 1 << 16 ? 100 : 1_000);
        await app.StopAsync();
    }

    private static async Task MeasureAsync(Uri address, string key, int length, bool isAsync, int workers, int warmUp, int steps)
    {
        string job = $"{length}-{isAsync}-{workers}";
        using var control = new ExchangeChannel(address, key);
        await OpenAsync(new V1.Parameters.ParametersClient(control.Invoker), job, length, isAsync, workers);
        ExchangeChannel[] channels = [.. Enumerable.Range(0, workers).Select(_ => new ExchangeChannel(address, key))];
        ExchangeWorker[] team = [.. channels.Select((channel, lane) => new ExchangeWorker(channel, lane, length, isAsync))];
        await Task.WhenAll(team.Select(worker => worker.AttachAsync(job, First)));
        await Task.WhenAll(team.Select(worker => Task.Run(() => worker.StepAsync(warmUp, First))));
        long allocated = GC.GetTotalAllocatedBytes();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long started = Stopwatch.GetTimestamp();
        double[][] times = await Task.WhenAll(team.Select(worker => Task.Run(() => worker.StepAsync(steps, First))));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        processor = Environment.CpuUsage.TotalTime - processor;
        double[] sorted = [.. times.SelectMany(t => t).Order()];
        long updates = (long)steps * (isAsync ? workers : 1);
        Console.WriteLine(FormattableString.Invariant(
            $"{(isAsync ? "async" : "sync"),-5} {length,8} floats {workers} workers: p5 {sorted[sorted.Length / 20],7:F0} us, p50 {sorted[sorted.Length / 2],7:F0} us, p99 {sorted[sorted.Length * 99 / 100],7:F0} us, {updates / seconds,7:F0} updates/s, {8.0 * length * steps * workers / seconds / 1e9,6:F3} GB/s both ways, {processor.TotalMicroseconds / steps / workers,6:F0} us of processor and {allocated / (steps * workers),6} B a step"));
        foreach (ExchangeWorker worker in team) worker.Dispose();
        foreach (ExchangeChannel channel in channels) channel.Dispose();
    }

    private static async Task OpenAsync(V1.Parameters.ParametersClient control, string job, int length, bool isAsync, int workers)
    {
        var generation = new V1.Generation { Counter = First.Counter, Random = First.Random };
        V1.TaskReport report = await control.OpenAsync(new V1.OpenRequest
        {
            Job = job,
            Generation = generation,
            Model = new V1.Model
            {
                Lanes = workers,
                Length = length,
                Streams = workers,
                Mode = isAsync ? V1.Mode.Asynchronous : V1.Mode.Synchronous,
                Optimizer = new V1.Optimizer { LearningRate = 0.1f, Scale = V1.GradientScale.Mean, Sgd = new V1.Sgd() },
                Initial = new V1.Initial { Constant = 1 },
            },
        });
        while (report.Phase != V1.Phase.Serving)
            report = await control.ReportAsync(new V1.ReportRequest { Job = job });
        await control.AdvanceAsync(new V1.AdvanceRequest { Job = job, Generation = generation, Segment = new V1.Segment { To = Clocks } });
    }

    private static async Task<WebApplication> StartAsync(string redis, string key)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:redis"] = redis, [ClusterKey.Variable] = key });
        builder.AddServiceDefaults("parameter-store");
        builder.Logging.ClearProviders();
        builder.AddParameterStores(count: 1);
        WebApplication app = builder.Build();
        app.MapServiceDefaults();
        app.MapParameterStore();
        await app.StartAsync();
        await app.Services.GetRequiredService<ParameterStorePool>().Ready.WaitAsync(TimeSpan.FromSeconds(30));
        return app;
    }
}
