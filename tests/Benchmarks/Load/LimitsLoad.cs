using System.Globalization;
using System.Text;
using Cluster.Client;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Tensors;
using Cluster.Standalone.Embedded;

namespace Cluster.Benchmarks.Load;

/// <summary>Messages at their size limits, and one beyond: all the former are served, the latter refused by name; each is a line,
/// and what is wrong throws.</summary>
/// <param name="ListedJobs">Jobs of a list, 1000 at most, each with a spec near the length that lists show.</param>
internal sealed record LimitsLoad(int ListedJobs)
{
    private const int ListedSpec = 900;

    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await using var cluster = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Workers = 2 }, cancellationToken);
        await using var client = ClusterClient.Connect(cluster.Connection);
        await TensorsAsync(client, output, cancellationToken);
        await PlacementAsync(client, output, cancellationToken);
        await RowsAsync(client, output, cancellationToken);
        await ListAsync(client, output, cancellationToken);
    }

    private static async Task TensorsAsync(ClusterClient client, TextWriter output, CancellationToken cancellationToken)
    {
        float[] values = [.. Enumerable.Range(0, FloatTensor.MaxElements).Select(i => (float)i)];
        var tensor = new FloatTensor([FloatTensor.MaxElements], values);
        var job = await EndAsync(client, await client.SubmitAsync(new OpSpec { Name = TensorOps.Add, A = tensor, B = tensor },
            cancellationToken: cancellationToken), cancellationToken);
        Require(OpResult.FromJob(job).Value.Values.SequenceEqual(values.Select(value => value + value)), "the sum of two tensors at their limit is wrong");
        await RefusedAsync("a", () => client.SubmitAsync(
            new OpSpec { Name = TensorOps.ReduceSum, A = new FloatTensor([FloatTensor.MaxElements + 1], [.. values, 0]) },
            cancellationToken: cancellationToken));
        await output.WriteLineAsync($"op on two tensors of {FloatTensor.MaxElements} elements: exact; one more is refused");
    }

    private static async Task PlacementAsync(ClusterClient client, TextWriter output, CancellationToken cancellationToken)
    {
        var spec = new PiSpec { Points = 2L * 65_536 * ItemPlacement.MaxParts, Seed = 42 };
        var job = await client.SubmitAsync(spec.PlacedByItem(ItemPlacement.MaxParts, item => $"/job:worker/task:{item % 2}/cpu:0"),
            cancellationToken: cancellationToken);
        await client.CancelAsync(job.Id, cancellationToken: cancellationToken);
        IReadOnlyList<PlacedPart> parts =
            [.. Enumerable.Range(0, ItemPlacement.MaxParts + 1).Select(i => new PlacedPart(i * 65_536L, (i + 1) * 65_536L, "/cpu:0"))];
        await RefusedAsync("placement", () => client.SubmitAsync(spec
            with
        { Points = spec.Points + (2 * 65_536), Placement = new ItemPlacement { Parts = parts } }, cancellationToken: cancellationToken));
        await output.WriteLineAsync($"placement of {ItemPlacement.MaxParts} parts: accepted; one more is refused");
    }

    // A record as long as one may be, in parts as large as they may be.
    private static async Task RowsAsync(ClusterClient client, TextWriter output, CancellationToken cancellationToken)
    {
        const int columns = 4_000;
        string number = new('1', 30);
        var row = string.Join(',', Enumerable.Repeat(number + "e-30", columns));
        var text = new StringBuilder(string.Join(',', Enumerable.Range(0, columns).Select(i => string.Create(CultureInfo.InvariantCulture, $"c{i}"))));
        for (var i = 0; i < 20; i++) text.Append('\n').Append(row);
        using var file = new MemoryStream(Encoding.ASCII.GetBytes(text.ToString()));
        var data = await client.LoadDataAsync(file, "c0", cancellationToken: cancellationToken);
        Require(data.Rows == 20 && data.Features.Count == columns - 1, "a file with long rows was read wrong");
        using var tooLong = new MemoryStream(Encoding.ASCII.GetBytes("a,b\n" + new string('1', 2 << 20) + ",1\n"));
        await RefusedAsync("data", () => client.LoadDataAsync(tooLong, "a", cancellationToken: cancellationToken));
        await output.WriteLineAsync($"rows of {row.Length:N0} characters: read; one of {2 << 20:N0} is refused");
    }

    private async Task ListAsync(ClusterClient client, TextWriter output, CancellationToken cancellationToken)
    {
        string label = new('x', TrainingSpec.MaxLabelLength);
        for (var done = 0; done < ListedJobs;)
        {
            var batch = Math.Min(50, ListedJobs - done);
            var jobs = await Task.WhenAll(Enumerable.Range(0, batch).Select(_ => client.SubmitAsync(Wordy(label), cancellationToken: cancellationToken)));
            await Task.WhenAll(jobs.Select(job => client.CancelAsync(job.Id, new string('r', 200), cancellationToken)));
            done += batch;
        }

        var listed = await client.ListJobsAsync(1_000, cancellationToken);
        Require(listed.Count >= Math.Min(ListedJobs, 1_000), $"{listed.Count} jobs are listed");
        await output.WriteLineAsync($"a list of {listed.Count} jobs with specs of about {ListedSpec} characters and reasons of 200: fits its message");
    }

    private static PiSpec Wordy(string text) => new PiSpec { Points = 2L * 65_536 * 12, Seed = (ulong)text.Length, LogDevicePlacement = true }
        .PlacedByItem(12, item => $"/job:worker/replica:0/task:{item % 2}/device:CPU:0");

    private static async Task<JobInfo> EndAsync(ClusterClient client, JobInfo job, CancellationToken cancellationToken)
    {
        var last = job;
        await foreach (var update in client.WatchAsync(job.Id, cancellationToken)) last = update.Job;
        return last;
    }

    private static async Task RefusedAsync<T>(string field, Func<Task<T>> call)
    {
        try
        {
            await call();
        }
        catch (SpecRejectedException e) when (e.Violations.Any(violation => violation.Field == field))
        {
            return;
        }

        throw new InvalidOperationException($"{field} beyond its limit was not refused");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new InvalidOperationException(otherwise);
    }
}
