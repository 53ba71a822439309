using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Jobs;
using Cluster.Cli.Parsing;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Tensors;

namespace Cluster.Cli.Ops;

/// <summary><c>cluster op</c>.</summary>
internal sealed class OpCommand : ClusterCommand, IHasNotes
{
    private readonly Argument<string> _name = new("OP") { Description = $"{string.Join(", ", TensorOps.Names)}." };
    private readonly Option<FloatTensor?> _a = TensorOptions.Values("--a", "First operand: 1,2,3 or [[1,2],[3,4]].", isRequired: true);
    private readonly Option<FloatTensor?> _b = TensorOptions.Values("--b", "Second operand; none for reduce-sum.", isRequired: false);
    private readonly Option<int[]?> _aShape = TensorOptions.Shape("--a-shape", "Shape of --a where it is written flat, such as 2,3.");
    private readonly Option<int[]?> _bShape = TensorOptions.Shape("--b-shape", "Shape of --b where it is written flat, such as 2,3.");
    private readonly Option<string?> _device =
        ValueOptions.Device("--device", "Where to run, whole or in part, such as /gpu:0 or /job:worker/task:1/cpu:0. Default: a GPU where there is one, else "
        + "a CPU.");
    private readonly Option<bool> _softPlacement = ValueOptions.SoftPlacement();
    private readonly Option<bool> _logPlacement = new("--log-device-placement") { Description = "Say on standard error where it ran." };
    private readonly JobLaunch _launch;

    public OpCommand(CommandLineHost host, GlobalOptions globals)
        : base("op", "Run one op on a device of the cluster: add, multiply, matmul or reduce-sum of float32 tensors.", host, globals)
    {
        _name.CompletionSources.Add([.. TensorOps.Names]);
        _name.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !TensorOps.Names.Contains(text))
                result.AddError($"OP: {text}: must be {string.Join(" or ", TensorOps.Names)}{NearestName.Hint(text, TensorOps.Names)}");
        });
        Arguments.Add(_name);
        foreach (var option in (Option[])[_a, _aShape, _b, _bShape, _device, _softPlacement, _logPlacement]) Options.Add(option);
        _launch = new JobLaunch(host);
        _launch.AddTo(this);
    }

    public string Notes => $$"""
        add and multiply work element by element on two tensors of one shape; matmul multiplies an [m,k] by a [k,n] matrix;
        reduce-sum adds up all elements of one tensor. Numbers are float32. Results have the same bits on every device.

        A tensor is written flat, 1,2,3 (shape [3], or what --a-shape says), or nested, [[1,2],[3,4]] (shape [2,2]); a number
        alone is a scalar, shape []. Operands and results have at most {{FloatTensor.MaxElements}} elements.

        With --json, one line: {"job","shape","values","device","seconds"}; what overflowed is "Infinity" or "NaN".
        """;

    public override IReadOnlyList<string> Examples { get; } =
    [
        "op add --a 1,2,3 --b 10,20,30 --device /job:worker/task:1/cpu:0",
        "op matmul --a [[1,2],[3,4]] --b 1,0,0,1 --b-shape 2,2 --device /gpu:0 --soft-placement",
        "op reduce-sum --a 1,2,3 --json",
    ];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var spec = ReadSpec(run.Parsed);
        SpecRejectedException.ThrowIfAny(spec.Validate());
        var client = await run.ConnectAsync(cancellationToken);
        return await _launch.RunAsync(run, client, (key, t) => client.SubmitAsync(spec, key, t), cancellationToken);
    }

    private OpSpec ReadSpec(ParseResult parsed) => new()
    {
        Name = parsed.GetRequiredValue(_name),
        A = Reshape("aShape", parsed.GetValue(_a)!, parsed.GetValue(_aShape)),
        B = parsed.GetValue(_b) is { } b ? Reshape("bShape", b, parsed.GetValue(_bShape)) : null,
        Device = parsed.GetValue(_device),
        SoftPlacement = parsed.GetValue(_softPlacement),
        LogDevicePlacement = parsed.GetValue(_logPlacement),
    };

    private static FloatTensor Reshape(string field, FloatTensor tensor, int[]? shape)
        => shape is null or [] || FloatTensor.ElementsOf(shape) == tensor.Values.Count
            ? tensor with { Shape = shape is null or [] ? tensor.Shape : shape }
            : throw new SpecRejectedException([new SpecViolation(
                field, string.Join(',', shape), $"has {FloatTensor.ElementsOf(shape)} elements, and {tensor.Values.Count} values are given")]);
}
