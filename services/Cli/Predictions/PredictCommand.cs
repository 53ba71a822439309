using System.CommandLine;
using System.Globalization;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Cli.Parsing;
using Cluster.Client.Errors;
using Cluster.Client.Predictions;
using Cluster.Contracts.Errors;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Predictions;

/// <summary><c>cluster predict --model CHECKPOINT --data FILE.csv</c>.</summary>
internal sealed class PredictCommand : ClusterCommand
{
    private readonly Option<string> _model = new("--model")
    {
        Description = "A checkpoint: a job for its last commit, JOB@CLOCK, or a name.",
        HelpName = "CHECKPOINT",
        Required = true,
    };

    private readonly Option<string> _data = new("--data")
    {
        Description = "CSV file, which may be compressed with gzip. The columns that the model was trained by are found by name, others are passed over.",
        HelpName = "FILE.csv",
        Required = true,
    };

    private readonly Option<bool> _noHeader = new("--no-header")
    {
        Description = "The first line is a row: the columns are c1, c2, …, or those that the model was trained by, in their order.",
    };

    private readonly Option<string?> _out = new("--out") { Description = "Where the predictions go, as CSV. Default: standard output.", HelpName = "FILE.csv" };

    private readonly Option<bool> _force = OutputFiles.Force();

    public PredictCommand(CommandLineHost host, GlobalOptions globals)
        : base("predict", "Predict the rows of a CSV file by a trained model: a line for each row, in their order.", host, globals)
    {
        Options.Add(_model);
        Options.Add(_data);
        Options.Add(_noHeader);
        Options.Add(_out);
        FileNames.Require(_data);
        FileNames.Require(_out);
        Options.Add(_force);
        _out.Validators.Add(file => OutputFiles.Check(file, "--out", ".csv", _force));
        _model.Validators.Add(model =>
        {
            if (model.Tokens is [{ Value: var text }] && !CheckpointId.IsWellFormed(text)) model.AddError($"--model: {text}: {CheckpointId.Form}");
        });
    }

    public override IReadOnlyList<string> Examples { get; } =
        ["predict --model training-abcdefgh --data new.csv", "predict --model houses-1 --data new.csv --out predictions.csv"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (data, target) = (run.Parsed.GetRequiredValue(_data), run.Parsed.GetValue(_out));
        using var file = Open(data);
        var client = await run.ConnectAsync(cancellationToken);
        var columns = new PredictedColumns();
        var predictions = client.PredictAsync(run.Parsed.GetRequiredValue(_model), file, !run.Parsed.GetValue(_noHeader), columns, cancellationToken);
        try
        {
            var rows = target is null
                ? await WriteAsync(predictions, columns, run.Output)
                : await WriteFileAsync(predictions, columns, target, run.Parsed.GetValue(_force));
            run.Display.Note(target is null ? Figures.Count(rows, "row") : $"{Figures.Count(rows, "row")} in {target}");
            return ExitCode.Ok;
        }
        catch (SpecRejectedException e)
        {
            // The cluster does not know the name of the file that it read.
            throw new SpecRejectedException([.. e.Violations.Select(v => v is { Field: "data", Value: "" } ? v with { Value = data } : v)], e);
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SpecRejectedException([new SpecViolation("data", path, $"cannot be read: {FailureText.Of(e)}")], e);
        }
    }

    /// <summary>The file has another name until all of it is there.</summary>
    private static async Task<long> WriteFileAsync(IAsyncEnumerable<Prediction> predictions, PredictedColumns columns, string path, bool overwrite)
    {
        var target = Path.GetFullPath(path);
        var partial = $"{target}.{Guid.NewGuid():N}.part";
        try
        {
            long rows;
            var writer = new StreamWriter(partial);
            await using (writer) rows = await WriteAsync(predictions, columns, writer);
            File.Move(partial, target, overwrite);
            return rows;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecRejectedException([new SpecViolation("out", path, $"cannot be written: {e.Message}")], e);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>The header waits for the first row, or for the end of a file without rows: nothing is written of a file that is refused at its start.</summary>
    private static async Task<long> WriteAsync(IAsyncEnumerable<Prediction> predictions, PredictedColumns columns, TextWriter output)
    {
        long rows = 0;
        await foreach (var prediction in predictions)
        {
            if (rows++ == 0) await output.WriteLineAsync(columns.Header);
            await output.WriteLineAsync(Line(prediction.Values.Span));
        }

        if (rows == 0) await output.WriteLineAsync(columns.Header);
        return rows;
    }

    private static string Line(ReadOnlySpan<float> values)
    {
        if (values.Length == 1) return values[0].ToString("R", CultureInfo.InvariantCulture);
        var texts = new string[values.Length];
        for (var i = 0; i < values.Length; i++) texts[i] = values[i].ToString("R", CultureInfo.InvariantCulture);
        return string.Join(',', texts);
    }

    private sealed class PredictedColumns : IProgress<IReadOnlyList<string>>
    {
        public string Header { get; private set; } = "";

        public void Report(IReadOnlyList<string> value) => Header = string.Join(',', value);
    }
}
