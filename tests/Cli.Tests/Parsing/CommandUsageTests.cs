namespace Cluster.Cli.Tests.Parsing;

/// <summary>Arguments of ops, devices, checkpoints, predictions and summaries that are wrong: one line with field, value and limit,
/// before any cluster is asked.</summary>
public sealed class CommandUsageTests
{
    private const string CheckpointForm = "must be JOB, JOB@CLOCK or the name of a kept checkpoint";
    private const string NameForm = "must be 1 to 64 lower-case letters, digits or '-'";

    [Theory]
    [InlineData("op addd --a 1 --b 2", "OP: addd: must be add or multiply or matmul or reduce-sum; did you mean add?")]
    [InlineData("op add", "--a: a value is missing")]
    [InlineData("op add --a", "--a: a value is missing")]
    [InlineData("op add --a 1,x --b 2", "--a: 1,x: must be numbers such as 1,2,3 or [[1,2],[3,4]]")]
    [InlineData("op add --a 1 --b 1,nan", "--b: 1,nan: must be numbers such as 1,2,3 or [[1,2],[3,4]]")]
    [InlineData("op add --a [[1,2],[3]] --b 1", "--a: [[1,2],[3]]: has lists of unequal lengths, or something that is no finite number")]
    [InlineData("op add --a 1,2 --b 1 --a-shape 0,2", "--a-shape: 0,2: must be 1 to 8 whole numbers above 0, such as 2,3")]
    [InlineData("op add --a 1,2 --b 1 --b-shape x", "--b-shape: x: must be 1 to 8 whole numbers above 0, such as 2,3")]
    [InlineData("op add --a 1,2 --b 1,2 --a-shape 3", "--a-shape: 3: has 3 elements, and 2 values are given")]
    [InlineData("op add --a 1", "--b: '': is missing; add takes two operands")]
    [InlineData("op reduce-sum --a 1 --b 2", "--b: []: cannot be given; reduce-sum takes one operand")]
    [InlineData("op add --a 1 --b 1,2", "--b: [2]: shapes [] and [2] differ; add needs equal ones")]
    [InlineData("op matmul --a 1,2 --b 1,2", "--b: [2]: shapes [2] and [2] do not fit; matmul needs [m,k] and [k,n]")]
    [InlineData("op add --a 1 --b 2 --device gpu", "--device: gpu: device spec 'gpu' must start with '/', as in /job:worker/task:0/cpu:0")]
    [InlineData("op add --a 1 --b 2 --soft-placment", "--soft-placment: unknown option; did you mean --soft-placement?")]
    [InlineData("op add --a 1 --b 2 extra", "extra: unexpected argument")]
    [InlineData("devices extra", "extra: unexpected argument")]
    [InlineData("devices --jsn", "--jsn: unknown option; did you mean --json?")]
    [InlineData("tasks extra", "extra: unexpected argument")]
    [InlineData("spec extra", "extra: unexpected argument")]
    [InlineData("checkpoint", "checkpoint: must be followed by export or import or keep or remove; cluster checkpoint --help says more")]
    [InlineData("checkpoint kep job-1 name", "kep: unknown command; did you mean keep?")]
    [InlineData("checkpoint keep Job_1 name", $"CHECKPOINT: Job_1: {CheckpointForm}")]
    [InlineData("checkpoint keep job-1 Name", $"NAME: Name: {NameForm}")]
    [InlineData("checkpoint keep job-1", "NAME: is missing")]
    [InlineData("checkpoint export job-1@x file.safetensors", $"CHECKPOINT: job-1@x: {CheckpointForm}")]
    [InlineData("checkpoint export job-1", "FILE: is missing")]
    [InlineData("checkpoint export job-1 file.safetensors --froce", "--froce: unknown option; did you mean --force?")]
    [InlineData("checkpoint export job-1 model.onnx", "FILE: model.onnx: must end in .safetensors, the one format that is written")]
    [InlineData("checkpoint export job-1 model --force", "FILE: model: must end in .safetensors, the one format that is written")]
    [InlineData("jobs --state-file ", "--state-file: '': must name a file or a directory")]
    [InlineData("checkpoint export job-1 ", "FILE: '': must name a file or a directory")]
    [InlineData("checkpoint import ", "FILE: '': must name a file or a directory")]
    [InlineData("predict --model job-1 --data ", "--data: '': must name a file or a directory")]
    [InlineData("predict --model job-1 --data rows.csv --out ", "--out: '': must name a file or a directory")]
    [InlineData("summary job-1 --csv ", "--csv: '': must name a file or a directory")]
    [InlineData("summary job-1 --tensorboard ", "--tensorboard: '': must name a file or a directory")]
    [InlineData("checkpoint import", "FILE: is missing")]
    [InlineData("checkpoint import file --name A_B", $"--name: A_B: {NameForm}")]
    [InlineData("checkpoint import file --like J@x", $"--like: J@x: {CheckpointForm}")]
    [InlineData("checkpoint import file --nmae x", "--nmae: unknown option; did you mean --name?")]
    [InlineData("checkpoint remove A_B", $"NAME: A_B: {NameForm}")]
    [InlineData("resume", "ID: is missing")]
    [InlineData("resume a b", "b: unexpected argument")]
    [InlineData("resume a --detahc", "--detahc: unknown option; did you mean --detach?")]
    [InlineData("predict --data f.csv", "--model: a value is missing")]
    [InlineData("predict --model job-1", "--data: a value is missing")]
    [InlineData("predict --model JOB --data f.csv", $"--model: JOB: {CheckpointForm}")]
    [InlineData("predict --model job-1 --data f.csv --otu x", "--otu: unknown option; did you mean --out?")]
    [InlineData("predict --model job-1 --data /no-such-folder/f.csv",
        "--data: /no-such-folder/f.csv: cannot be read: Could not find a part of the path '/no-such-folder/f.csv'.")]
    [InlineData("predict --model job-1 --data f.csv --out p.parquet", "--out: p.parquet: must end in .csv, the one format that is written")]
    [InlineData("summary", "ID: is missing")]
    [InlineData("summary a b", "b: unexpected argument")]
    [InlineData("summary a --csv", "--csv: a value is missing")]
    [InlineData("summary a --csv loss.csv.gz", "--csv: loss.csv.gz: must end in .csv, the one format that is written")]
    [InlineData("summary a --tensorbord d", "--tensorbord: unknown option; did you mean --tensorboard?")]
    public async Task RunAsync_WrongArgument_IsOneLineWithFieldValueAndLimit(string commandLine, string expected)
    {
        var run = await CliRun.RunAsync(commandLine.Split(' '));

        Assert.Equal((2, "", expected + "\n"), (run.ExitCode, run.Output, run.Error));
    }

    /// <summary>Every command that writes a file that is named to it.</summary>
    [Theory]
    [InlineData("checkpoint export job-1 FILE", "FILE", ".safetensors")]
    [InlineData("predict --model job-1 --data f.csv --out FILE", "--out", ".csv")]
    [InlineData("summary a --csv FILE", "--csv", ".csv")]
    public async Task RunAsync_OutputFileIsThere_NeedsForceAndStaysAsItIs(string commandLine, string field, string ending)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("cluster-").FullName, $"mine{ending}");
        await File.WriteAllTextAsync(file, "mine", TestContext.Current.CancellationToken);
        try
        {
            var run = await CliRun.RunAsync(commandLine.Replace(" FILE", $" {file}", StringComparison.Ordinal).Split(' '));
            var forced = await CliRun.RunAsync([.. commandLine.Replace(" FILE", $" {file}", StringComparison.Ordinal).Split(' '), "--force"]);

            Assert.Equal((2, "", $"{field}: {file}: is there already; --force replaces it\n"), (run.ExitCode, run.Output, run.Error));
            Assert.DoesNotContain("is there already", forced.Error, StringComparison.Ordinal);
            Assert.Equal("mine", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    [Fact]
    public async Task RunAsync_OutputFileIsADirectory_SaysSo()
    {
        var directory = Directory.CreateTempSubdirectory("cluster-").FullName;
        var named = Directory.CreateDirectory(Path.Combine(directory, "a.csv")).FullName;

        var run = await CliRun.RunAsync("summary", "a", "--csv", named, "--force");

        Directory.Delete(directory, recursive: true);
        Assert.Equal((2, "", $"--csv: {named}: is a directory, must be a file\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task RunAsync_OpWithTooManyElements_NamesTheLimit()
    {
        var run = await CliRun.RunAsync("op", "reduce-sum", "--a", string.Join(',', Enumerable.Repeat("1", 16_385)));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("16384", Assert.Single(run.ErrorLines).Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
