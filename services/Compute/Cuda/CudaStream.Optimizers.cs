using Cluster.Compute.Cuda.Execution;
using Cluster.Compute.Devices;
using Cluster.Compute.Optimizers;

namespace Cluster.Compute.Cuda;

/// <summary>Updates of parameters.</summary>
internal sealed partial class CudaStream
{
    public bool Update(
        Optimizer optimizer, DeviceSpan current, DeviceSpan next, DeviceSpan slots, DeviceSpan gradient, long examples, UpdateTime time)
    {
        SpanChecks.RequireUpdate(optimizer, current, next, slots, gradient, examples);
        var formula = optimizer.FormulaAt(time);
        var (w, to, state, g) = (Address(current), Address(next), Address(slots), Address(gradient));
        if (current.Length == 0) return true;

        using var flag = Rent(1);
        Fill(flag, 1);
        var operands = new KernelArguments().Add(w).Add(to).Add(state).Add(g).Add(current.Length)
            .Add(optimizer.DivisorFor(examples)).Add(optimizer.L2).Add(Address(flag));
        var (kernel, arguments) = WithNumbers(operands, in formula);
        LaunchElements(kernel, current.Length, arguments);
        Span<float> isFinite = stackalloc float[1];
        Download(flag, isFinite);
        return isFinite[0] != 0;
    }

    private static (CudaKernel Kernel, KernelArguments Arguments) WithNumbers(KernelArguments operands, in UpdateFormula formula)
    {
        var arguments = operands.Add(formula.Rate);
        return formula.Rule switch
        {
            UpdateRule.Sgd => (CudaKernel.Sgd, arguments),
            UpdateRule.Momentum => (CudaKernel.Momentum, arguments.Add(formula.Beta1)),
            UpdateRule.Nesterov => (CudaKernel.Nesterov, arguments.Add(formula.Beta1)),
            UpdateRule.Adagrad => (CudaKernel.Adagrad, arguments),
            UpdateRule.Adam => (
                CudaKernel.Adam, arguments.Add(formula.Beta1).Add(formula.Beta2).Add(formula.Epsilon).Add(formula.Decay)),
            UpdateRule.Ftrl => (CudaKernel.Ftrl, arguments.Add(formula.Beta1).Add(formula.L1).Add(formula.L2)),
            _ => throw new ArgumentOutOfRangeException(nameof(formula), formula.Rule, "no kernel has this rule"),
        };
    }
}
