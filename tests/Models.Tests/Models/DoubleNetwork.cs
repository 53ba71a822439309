using Cluster.Compute.Devices;
using Cluster.Models.Data;
using Cluster.Models.Dense;

namespace Cluster.Models.Tests.Models;

/// <summary>The loss of a network in double precision by the definitions and the C library's functions, and its derivative by central differences.</summary>
internal sealed class DoubleNetwork(DenseNetwork network)
{
    public double Loss(IReadOnlyList<double> parameters, Batch batch) =>
        Enumerable.Range(0, batch.Count).Sum(row => Loss(Outputs(parameters, batch.Row(row).ToArray()), batch.Labels[row]));

    public double[] Outputs(IReadOnlyList<double> parameters, float[] features)
    {
        double[] x = [.. features.Select(f => (double)f)];
        var offset = 0;
        foreach (var layer in network.Layers)
        {
            var y = new double[layer.Outputs];
            var biases = offset + (x.Length * y.Length);
            for (var j = 0; j < y.Length; j++)
            {
                var z = parameters[biases + j];
                for (var i = 0; i < x.Length; i++)
                    z += x[i] * parameters[offset + (i * y.Length) + j];
                y[j] = Activate(layer.Activation, z);
            }

            (x, offset) = (y, biases + y.Length);
        }

        return x;
    }

    /// <summary>The central difference; the step is small, so that hardly a rectifier bends within it.</summary>
    public double Derivative(double[] parameters, int index, Batch batch)
    {
        const double h = 1e-6;
        double[] above = [.. parameters], below = [.. parameters];
        above[index] += h;
        below[index] -= h;
        return (Loss(above, batch) - Loss(below, batch)) / (above[index] - below[index]);
    }

    private double Loss(double[] outputs, double label) => network.Loss switch
    {
        OutputLoss.SoftmaxCrossEntropy => Math.Log(outputs.Sum(z => Math.Exp(z - outputs.Max()))) + outputs.Max() - outputs[(int)label],
        OutputLoss.SigmoidCrossEntropy => -((label * Math.Log(Sigmoid(outputs[0]))) + ((1 - label) * Math.Log(1 - Sigmoid(outputs[0])))),
        _ => (outputs[0] - label) * (outputs[0] - label),
    };

    private static double Activate(Activation activation, double z) => activation switch
    {
        Activation.Relu => Math.Max(z, 0),
        Activation.Tanh => Math.Tanh(z),
        Activation.Sigmoid => Sigmoid(z),
        _ => z,
    };

    private static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));
}
