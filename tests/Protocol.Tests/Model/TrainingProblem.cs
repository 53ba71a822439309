using Cluster.Compute.Optimizers;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;

namespace Cluster.Protocol.Tests.Model;

/// <summary>The data, the gradient, and the undisturbed run of one worker, computed without the library's accumulator, ps task and kernels.</summary>
internal sealed class TrainingProblem
{
    private readonly JobScenario _scenario;
    private readonly ExampleOrder _order;

    public TrainingProblem(JobScenario scenario)
    {
        _scenario = scenario;
        _order = new ExampleOrder(scenario.Seed, scenario.Examples);
        Schedule = new EpochSchedule(scenario.Examples, scenario.Lanes, scenario.Batch, scenario.Epochs, scenario.LocalSteps);
        RangeLength = scenario.Examples;
        Length = scenario.Tasks * RangeLength;
        Offsets = [.. Enumerable.Range(0, scenario.Tasks + 1).Select(task => task * RangeLength)];
        Initial = new float[Length];
        for (var i = 0; i < Length && scenario.Gradient == Gradient.OrderSensitive; i++)
            Initial[i] = Factor(i, 7);
        if (!scenario.IsAsync)
            Trajectory = Train();
    }

    public EpochSchedule Schedule { get; }

    public EvaluationSchedule Evaluations => new(_scenario.EvaluateEvery, Schedule.TotalClocks);

    /// <summary>The clock at which the job must end, whatever happens.</summary>
    public long End
    {
        get
        {
            for (long clock = 1; clock <= Schedule.TotalClocks && _scenario.StopAt > 0; clock++)
            {
                if (clock >= _scenario.StopAt && Evaluations.IsAt(clock))
                    return clock;
            }

            return Schedule.TotalClocks;
        }
    }

    public int RangeLength { get; }

    public int Length { get; }

    public int[] Offsets { get; }

    public float[] Initial { get; }

    /// <summary>Parameters and slots at each clock, of the synchronous mode.</summary>
    public List<(float[] Parameters, float[] Slot)> Trajectory { get; } = [];

    public Optimizer CreateOptimizer() => _scenario switch
    {
        { LocalSteps: > 1 } => LocalDescent.RuleOfStore(CreateLocalRule().Scale),
        { Gradient: Gradient.Counting } => new Sgd(1, GradientScale.Sum),
        { UsesAdagrad: true } => new Adagrad(0.3f),
        _ => new Sgd(0.05f),
    };

    /// <summary>The step that a lane makes by itself, where it makes several.</summary>
    public Sgd CreateLocalRule() => _scenario.Gradient == Gradient.Counting ? new Sgd(1, GradientScale.Sum) : new Sgd(0.05f);

    /// <summary>Adds a lane's batch to a cleared gradient.</summary>
    /// <returns>The number of examples.</returns>
    public long AddGradient(long clock, int lane, ReadOnlySpan<float> parameters, Span<float> gradient) =>
        AddGradient(Schedule.Share(clock, lane), parameters, gradient);

    /// <summary>Adds the examples at these positions to a cleared gradient.</summary>
    /// <returns>The number of examples.</returns>
    public long AddGradient(EpochShare share, ReadOnlySpan<float> parameters, Span<float> gradient)
    {
        for (var position = share.Start; position < share.End; position++)
        {
            var example = (int)_order.Example(share.Epoch, position);
            for (var i = 0; i < Length; i++)
            {
                if (_scenario.Gradient == Gradient.Counting)
                    gradient[i] -= i % RangeLength == example ? 1 : 0;
                else
                    gradient[i] += Factor(i, example) * ((parameters[i] * Factor(i, example)) - Factor(example, i + 1));
            }
        }

        return share.Count;
    }

    /// <summary>How often an example was contributed before a clock.</summary>
    public float[] CountsAt(long clock)
    {
        var counts = new float[RangeLength];
        for (long c = 0; c < clock; c++)
        {
            var step = Schedule.Step(c);
            for (var position = step.Start; position < step.End; position++)
                counts[_order.Example(step.Epoch, position)]++;
        }

        return counts;
    }

    public long ExamplesAt(long clock)
    {
        long examples = 0;
        for (long c = 0; c < clock; c++)
            examples += Schedule.Step(c).Count;
        return examples;
    }

    private List<(float[] Parameters, float[] Slot)> Train()
    {
        var states = new List<(float[] Parameters, float[] Slot)>();
        var w = Initial;
        var a = new float[_scenario.UsesAdagrad ? Length : 0];
        a.AsSpan().Fill(0.1f);
        states.Add((w, a));
        var top = 0;
        while (1 << top < _scenario.Lanes)
            top++;
        for (long clock = 0; clock < Schedule.TotalClocks; clock++)
        {
            var (sum, examples) = TreeSum(clock, top, 0, w)!.Value;
            w = [.. w];
            a = [.. a];
            for (var i = 0; i < Length; i++)
                Update(ref w[i], a.AsSpan(Math.Min(i, a.Length)), sum[i], examples);
            states.Add((w, a));
        }

        return states;
    }

    private void Update(ref float w, Span<float> a, float sum, long examples)
    {
        if (_scenario.Gradient == Gradient.Counting)
        {
            w -= sum;
        }
        else if (_scenario.UsesAdagrad)
        {
            var mean = sum / examples;
            a[0] += mean * mean;
            w -= 0.3f * mean / MathF.Sqrt(a[0]);
        }
        else if (_scenario.LocalSteps > 1)
        {
            w -= sum / examples;
        }
        else
        {
            w -= 0.05f * (sum / examples);
        }
    }

    /// <summary>The definition: node (j, k) is the sum of nodes (j-1, 2k) and (j-1, 2k+1), where they exist and have examples.</summary>
    private (float[] Sum, long Examples)? TreeSum(long clock, int level, int index, float[] parameters)
    {
        if (index << level >= _scenario.Lanes)
            return null;
        if (level == 0)
        {
            var gradient = new float[Length];
            var examples = _scenario.LocalSteps > 1
                ? AddDifference(clock, index, parameters, gradient)
                : AddGradient(clock, index, parameters, gradient);
            return examples == 0 ? null : (gradient, examples);
        }

        if (TreeSum(clock, level - 1, 2 * index, parameters) is not { } left)
            return TreeSum(clock, level - 1, (2 * index) + 1, parameters);
        if (TreeSum(clock, level - 1, (2 * index) + 1, parameters) is not { } right)
            return left;
        return ([.. left.Sum.Zip(right.Sum, (x, y) => x + y)], left.Examples + right.Examples);
    }

    /// <summary>The definition of local steps: from the common parameters, one batch after the other; the difference counts by its examples.</summary>
    private long AddDifference(long clock, int lane, float[] common, float[] difference)
    {
        var share = Schedule.Share(clock, lane);
        float[] local = [.. common];
        for (var start = share.Start; start < share.End; start += _scenario.Batch)
        {
            var gradient = new float[Length];
            var examples = AddGradient(share with { Start = start, End = Math.Min(start + _scenario.Batch, share.End) }, local, gradient);
            for (var i = 0; i < Length; i++)
                local[i] -= _scenario.Gradient == Gradient.Counting ? gradient[i] : 0.05f * (gradient[i] / examples);
        }

        for (var i = 0; i < Length; i++)
            difference[i] = (_scenario.Gradient == Gradient.Counting ? 1 : share.Count) * (common[i] - local[i]);
        return share.Count;
    }

    private static float Factor(int i, int j)
    {
        var hash = (uint)((i * 73856093) ^ (j * 19349663)) * 2654435761u;
        return (((hash >> 9) / (float)(1 << 23)) + 0.1f) * ((hash & 1) == 0 ? 1 : -1) * ((hash & 2) == 0 ? 1 : 0.01f);
    }
}
