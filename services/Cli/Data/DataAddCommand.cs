using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Text;

namespace Cluster.Cli.Data;

/// <summary><c>cluster data add</c>.</summary>
internal sealed class DataAddCommand : ClusterCommand, IHasNotes
{
    private readonly Argument<string> _name = new("NAME") { Description = "Name of the new data set: 1 to 64 lower-case letters, digits or '-'." };
    private readonly Argument<string> _source = new("SOURCE") { Description = "A file here, which is sent; or a URI that the cluster reads by itself." };
    private readonly ImportOptions _options = new();

    public DataAddCommand(CommandLineHost host, GlobalOptions globals)
        : base("add", "Make a data set of a file or a URI. It is kept until it is removed.", host, globals)
    {
        Arguments.Add(_name);
        Arguments.Add(_source);
        _options.AddTo(this);
    }

    public string Notes => """
        URIs: synthetic:NAME?rows=…&seed=… (line, linear, blobs, moons, xor), file:PATH under one of the cluster's data roots,
        http://… and https://… of hosts that the cluster allows. Files may be compressed with gzip.
        """;

    public override IReadOnlyList<string> Examples { get; } =
    [
        "data add houses houses.csv --label price",
        "data add digits digits.csv.gz --no-header --label 65",
        "data add news news.svm --format libsvm --features 10000",
        "data add mnist train-images-idx3-ubyte.gz --labels train-labels-idx1-ubyte.gz",
        "data add big 'synthetic:linear?rows=1000000&features=32' --shared",
        "data add clicks file:clicks.csv --label clicked",
    ];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var import = _options.Read(run.Parsed, run.Parsed.GetRequiredValue(_source)) with { Name = run.Parsed.GetRequiredValue(_name) };
        using var transfer = DataTransfer.Open(import);
        var client = await run.ConnectAsync(cancellationToken);
        var added = await transfer.RunAsync(run, client, cancellationToken);
        if (run.Json) JsonLine.Write(run.Output, json => DataJson.Write(json, added));
        else run.Output.WriteLine($"{added.Name}: {Figures.Count(added.Rows, "row")}, {Figures.Count(added.Features.Count, "feature")}, label "
            + $"{OneLineText.Of(added.Label)}; data set {added.Id}");
        return ExitCode.Ok;
    }
}
