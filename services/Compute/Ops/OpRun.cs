using Cluster.Compute.Devices;
using Cluster.Contracts.Tensors;

namespace Cluster.Compute.Ops;

/// <summary>What the ops do on a stream of a device.</summary>
internal static class OpRun
{
    /// <summary>Runs an op and waits for it; operands and result are as <see cref="TensorOps.ResultShape"/> has them.</summary>
    public static void Run(string name, FloatTensor a, FloatTensor? b, IDeviceStream stream, Span<float> result)
    {
        using var left = Upload(a, stream);
        using var right = b is null ? null : Upload(b, stream);
        using var target = stream.Rent(result.Length);
        switch (name)
        {
            case TensorOps.Add:
                stream.Add(left, right!, target);
                break;
            case TensorOps.Multiply:
                stream.Multiply(left, right!, target);
                break;
            case TensorOps.MatMul:
                stream.MatMul(new MatMulShape(a.Shape[0], b!.Shape[1], a.Shape[1]), left, right!, target);
                break;
            default:
                stream.ReduceSum(left, target);
                break;
        }

        stream.Download(target, result);
    }

    private static DeviceBuffer Upload(FloatTensor tensor, IDeviceStream stream)
    {
        var buffer = stream.Rent(tensor.Values.Count);
        stream.Upload([.. tensor.Values], buffer);
        return buffer;
    }
}
