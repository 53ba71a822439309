namespace Cluster.Cli.Tests.Parsing;

/// <summary>Arguments of ops, devices, checkpoints, predictions and summaries that are wrong: one line with field, value and limit, before any cluster is asked.</summary>
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
    [InlineData("checkpoint export job-1@x file", $"CHECKPOINT: job-1@x: {CheckpointForm}")]
    [InlineData("checkpoint export job-1", "FILE: is missing")]
    [InlineData("checkpoint export job-1 file --froce", "--froce: unknown option")]
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
    [InlineData("predict --model job-1 --data /no-such-folder/f.csv", "--data: /no-such-folder/f.csv: cannot be read: Could not find a part of the path '/no-such-folder/f.csv'.")]
    [InlineData("summary", "ID: is missing")]
    [InlineData("summary a b", "b: unexpected argument")]
    [InlineData("summary a --csv", "--csv: a value is missing")]
    [InlineData("summary a --tensorbord d", "--tensorbord: unknown option; did you mean --tensorboard?")]
    public async Task RunAsync_WrongArgument_IsOneLineWithFieldValueAndLimit(string commandLine, string expected)
    {
        var run = await CliRun.RunAsync(commandLine.Split(' '));

        Assert.Equal((2, "", expected + "\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task RunAsync_OpWithTooManyElements_NamesTheLimit()
    {
        var run = await CliRun.RunAsync("op", "reduce-sum", "--a", string.Join(',', Enumerable.Repeat("1", 16_385)));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("16384", Assert.Single(run.ErrorLines).Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
