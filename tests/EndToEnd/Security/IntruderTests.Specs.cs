using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Data;
using Cluster.Contracts.Jobs;

namespace Cluster.EndToEnd.Security;

/// <summary>Jobs that reach for files, servers, types and shells.</summary>
public sealed partial class IntruderTests
{
    [Fact(Timeout = TestLimit)]
    public async Task Submit_SpecsThatReachOut_AreRefusedAndNothingIsTouched()
    {
        var cluster = await ShareClusterAsync(Options);
        using var canary = new TcpListener(IPAddress.Loopback, 0);
        canary.Start();
        var port = ((IPEndPoint)canary.LocalEndpoint).Port;
        string[] sources =
        [
            "file:/etc/passwd", "file:///etc/passwd", "file:../../../../etc/passwd", "file:/proc/self/environ", $"file:{cluster.Redis.DataDirectory}/redis.conf",
            $"http://127.0.0.1:{port}/x.csv", $"http://2130706433:{port}/x.csv", $"http://[::ffff:127.0.0.1]:{port}/x.csv", $"http://localhost:{port}/x.csv",
            "http://169.254.169.254/latest/meta-data/", "gopher://127.0.0.1/", "data:text/csv,x", "/etc/passwd", "jar:file:/etc/passwd!/", "$(id)", "`id`", "|id",
        ];
        foreach (var source in sources)
        {
            var error = await Assert.ThrowsAnyAsync<ClusterException>(() => cluster.Client.AddDataAsync(new DataImport { Source = source, Label = "y" }, cancellationToken: Ct));
            Assert.DoesNotContain("root:", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAnyAsync<ClusterException>(() => cluster.Client.SubmitAsync(new TrainingSpec { Data = source, Label = "y", LearningRate = 0.1f }, cancellationToken: Ct));
        }

        Assert.False(canary.Pending(), "the cluster connected to a server that is not allowed");
        var hostile = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["$type"] = "System.Diagnostics.Process, System" });
        foreach (var name in (string[])["System.Diagnostics.Process", "../pi", "pi; touch /tmp/x", "System.IO.File, System.Private.CoreLib"])
        {
            await AssertNotRunAsync(new ComputationSpec { Name = name, Arguments = hostile, IndexCount = 1, GrainSize = 1 });
            await Assert.ThrowsAnyAsync<ClusterException>(() => cluster.Client.SubmitAsync(new TrainingSpec { Model = name, LearningRate = 0.1f }, cancellationToken: Ct));
            await Assert.ThrowsAnyAsync<ClusterException>(() => cluster.Client.RunOpAsync(new OpSpec { Name = name, A = new([1], [1]) }, cancellationToken: Ct));
        }

        async Task AssertNotRunAsync(ComputationSpec spec)
        {
            try
            {
                var job = await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);
                // A name that no worker knows: the job would wait for a worker that does.
                var ended = await cluster.Client.CancelAsync(job.Id, cancellationToken: Ct);
                Assert.Equal((JobState.Cancelled, 0L), (ended.State, ended.Progress.Done));
            }
            catch (SpecRejectedException)
            {
                // Refused before it was a job.
            }
        }
    }
}
