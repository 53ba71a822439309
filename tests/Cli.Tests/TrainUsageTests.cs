namespace Cluster.Cli.Tests;

/// <summary>Command lines of <c>train</c> that are wrong, and its help.</summary>
public sealed class TrainUsageTests
{
    [Theory]
    [InlineData("train foo", "foo: unknown command: train may be followed by linear")]
    [InlineData("train --lanes 4 linear", "--lanes: must be given behind linear")]
    [InlineData("train --mode snyc", "--mode: snyc: must be sync or async or ssp; did you mean sync?")]
    [InlineData("train --layers 12,x", "--layers: 12,x: must be 1 to 64 numbers from 1 to 1048576, separated by commas")]
    [InlineData("train --classes 1", "--classes: 1: must be from 2 to 65536")]
    [InlineData("train --activation rleu", "--activation: rleu: must be relu or tanh or sigmoid; did you mean relu?")]
    [InlineData("train --parameter-placement rows", "--parameter-placement: rows: must be ranges or variables")]
    [InlineData("train linear --layers 5", "--layers: unknown option")]
    [InlineData("train --model", "--model: a value is missing")]
    [InlineData("train linaer", "linaer: unknown command; did you mean linear?")]
    [InlineData("trian linear", "trian: unknown command; did you mean train?")]
    [InlineData("train linear extra", "extra: unexpected argument")]
    [InlineData("train linear --mode snyc", "--mode: snyc: must be sync or async or ssp; did you mean sync?")]
    [InlineData("train linear --mode batch", "--mode: batch: must be sync or async or ssp")]
    [InlineData("train linear --mode", "--mode: a value is missing")]
    [InlineData("train linear --staleness 3", "--staleness: 3: can be given only with --mode ssp")]
    [InlineData("train linear --mode async --staleness 0", "--staleness: 0: can be given only with --mode ssp")]
    [InlineData("train linear --mode ssp --staleness 65", "--staleness: 65: must be from 0 to 64")]
    [InlineData("train linear --mode ssp --local-steps 2", "--local-steps: 2: can be given only with --mode sync")]
    [InlineData("train linear --mode sync --local-steps 0", "--local-steps: 0: must be from 1 to 1024")]
    [InlineData("train linear --mode sync --mode sync", "--mode: given 2 times: must be given once")]
    [InlineData("train linear --optimizer adagrda",
        "--optimizer: adagrda: must be sgd or momentum or nesterov or adagrad or adam or adamw or ftrl; did you mean adagrad?")]
    [InlineData("train linear --lanes 0", "--lanes: 0: must be from 1 to 256")]
    [InlineData("train linear --lanes 257", "--lanes: 257: must be from 1 to 256")]
    [InlineData("train linear --lanes two", "--lanes: two: must be a whole number from 1 to 256, such as 1000000, 1_000_000 or 1e6")]
    [InlineData("train linear --batch 0", "--batch: 0: must be from 1 to 1048576")]
    [InlineData("train linear --batch 1048577", "--batch: 1048577: must be from 1 to 1048576")]
    [InlineData("train linear --epochs 0", "--epochs: 0: must be from 1 to 1000000000")]
    [InlineData("train linear --epochs 1e10", "--epochs: 1e10: must be from 1 to 1000000000")]
    [InlineData("train linear --learning-rate 0", "--learning-rate: 0: must be a finite number above 0, such as 0.8")]
    [InlineData("train linear --learning-rate 1e-60", "--learning-rate: 1e-60: must be a finite number above 0, such as 0.8")]
    [InlineData("train linear --learning-rate NaN", "--learning-rate: NaN: must be a finite number above 0, such as 0.8")]
    [InlineData("train linear --learning-rate 0,8", "--learning-rate: 0,8: must be a finite number above 0, such as 0.8")]
    [InlineData("train linear --learning-rte 0.8", "--learning-rte: unknown option; did you mean --learning-rate?")]
    [InlineData("train linear --initial-accumulator -1", "--initial-accumulator: -1: must be a finite number above 0, such as 0.8")]
    [InlineData("train linear --optimizer sgd --initial-accumulator 1", "--initial-accumulator: 1: cannot be given with --optimizer sgd, which has none")]
    [InlineData("train linear --momentum 0.9", "--momentum: 0.9: cannot be given with --optimizer adagrad, which has none")]
    [InlineData("train linear --optimizer adam --momentum 0.9", "--momentum: 0.9: cannot be given with --optimizer adam, which has none")]
    [InlineData("train linear --optimizer adamw --l2 1", "--l2: 1: cannot be given with --optimizer adamw, which has none")]
    [InlineData("train linear --optimizer adam --beta1 1", "--beta1: 1: must be at least 0 and below 1")]
    [InlineData("train linear --optimizer adam --epsilon 0", "--epsilon: 0: must be finite and above 0")]
    [InlineData("train linear --optimizer ftrl --l1 x", "--l1: x: must be finite and at least 0")]
    [InlineData("train linear --schedule cosin", "--schedule: cosin: must be constant or step or exponential or cosine; did you mean cosine?")]
    [InlineData("train linear --schedule step", "--decay-steps: is missing: must be given with --schedule step")]
    [InlineData("train linear --decay-steps 5", "--decay-steps: 5: cannot be given without a --schedule that falls")]
    [InlineData("train linear --schedule cosine --decay-factor 2", "--decay-factor: 2: must be from 0 to 1")]
    [InlineData("train linear --warmup -1", "--warmup-steps: -1: must be from 0 to 1000000000000")]
    [InlineData("train linear --start-weight 1e39", "--start-weight: 1e39: must be a finite number, such as -1.5")]
    [InlineData("train linear --start-bias much", "--start-bias: much: must be a finite number, such as -1.5")]
    [InlineData("train linear --seed -1", "--seed: -1: must be from 0 to 18446744073709551615")]
    [InlineData("train linear --parameter-stores 1025", "--parameter-stores: 1025: must be from 0 to 1024")]
    [InlineData("train linear --steps 0", "--steps: 0: must be from 1 to 1000000000000")]
    [InlineData("train linear --max-time 0", "--max-time: 0: must be from 1 to 31536000")]
    [InlineData("train linear --evaluate-steps 5 --evaluate-epochs 1", "--evaluate-epochs: 1: cannot be given with --evaluate-steps")]
    [InlineData("train linear --patience 3", "--patience: 3: needs --evaluate-steps or --evaluate-epochs")]
    [InlineData("train linear --target 0.1", "--target: 0.1: needs --evaluate-steps or --evaluate-epochs")]
    [InlineData("train linear --evaluate-steps 5 --target much", "--target: much: must be a finite number, such as 0.97")]
    [InlineData("train linear --label y", "--label: y: cannot be given without --data")]
    [InlineData("train linear --data file.csv", "--label: is missing: must name the column of --data that the model is to predict")]
    [InlineData("train linear --data /no/such/file.csv --label y", "--data: /no/such/file.csv: there is no such file")]
    public async Task RunAsync_WrongCommandLine_IsOneLineAndCode2(string commandLine, string expected)
    {
        var run = await CliRun.RunAsync(commandLine.Split(' '));

        Assert.Equal((2, "", expected + "\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task RunAsync_SeveralWrongValues_ListsThemAll()
    {
        var run = await CliRun.RunAsync("train", "linear", "--lanes", "0", "--mode", "x", "--seed", "y", "--label", "z", "--bacth", "1");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(["--bacth", "--label", "--lanes", "--mode", "--seed"], run.ErrorLines.Select(l => l.Split(':')[0]).Order());
    }

    [Fact]
    public async Task RunAsync_LabelTooLong_NamesItsLength()
    {
        var run = await CliRun.RunAsync("train", "linear", "--data", "file.csv", "--label", new string('x', 257));

        Assert.Equal((2, "--label: 257 characters: must have 1 to 256\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task RunAsync_DataIsADirectory_IsOneLine()
    {
        var directory = Path.GetTempPath();

        var run = await CliRun.RunAsync("train", "linear", "--data", directory, "--label", "y");

        Assert.Equal((2, $"--data: {directory}: is a directory, must be a file\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task RunAsync_HelpOfTrain_ListsTheModels()
    {
        var run = await CliRun.RunAsync("train", "--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"(?m)^ +linear +Fit a linear model", run.Output);
    }

    [Fact]
    public async Task RunAsync_HelpOfTrain_SaysWhichModelIsTheDefault()
    {
        var run = await CliRun.RunAsync("train", "--help");

        Assert.Matches(@"(?m)^ +--model .*default: linear", run.Output);
    }

    [Theory]
    [InlineData("--mode", "Default: async, with --data sync.")]
    [InlineData("--mode", "each lane's gradient at the full learning rate.*try --learning-rate / --lanes")]
    [InlineData("--lanes", "1 to 256, .*Default: 2, with --data 8.")]
    [InlineData("--batch", "1 to 1048576. Default: 1, with --data 8.")]
    [InlineData("--epochs", "1 to 1000000000. Default: 200, with --data 100.")]
    [InlineData("--optimizer", "Default: adagrad.")]
    [InlineData("--learning-rate", "above 0. Default: 0.8, with --data 0.5; with --optimizer sgd 0.01.")]
    [InlineData("--initial-accumulator", "above 0. Default: 0.1.")]
    [InlineData("--beta2", "Of adam and adamw. Default: 0.999.")]
    [InlineData("--l2", "Of all but adamw. Default: 0.")]
    [InlineData("--schedule", "Default: constant.")]
    [InlineData("--start-weight", "Default: -1, with --data 0.")]
    [InlineData("--start-bias", "Default: -2, with --data 0.")]
    [InlineData("--seed", "0 to 18446744073709551615.*default: 0")]
    [InlineData("--parameter-stores", "1 to 1024; 0 for all.*default: 0")]
    public async Task RunAsync_HelpOfLinear_SaysRangeAndDefault(string option, string expected)
    {
        var run = await CliRun.RunAsync("train", "linear", "--help");

        Assert.Matches($@"(?m)^ +{option} .*{expected}", run.Output);
    }

    [Fact]
    public async Task RunAsync_HelpOfLinear_SaysWhatTheExampleIs()
    {
        var run = await CliRun.RunAsync("train", "linear", "--help");

        Assert.Contains("101 points of y = 2x + 0.2 with noise", run.Output, StringComparison.Ordinal);
        Assert.Contains("With --mode sync", run.Output, StringComparison.Ordinal);
        Assert.Contains("cluster train linear --data houses.csv --label price", run.Output, StringComparison.Ordinal);
    }
}
