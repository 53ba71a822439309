namespace Cluster.Compute.Devices;

/// <summary>Sizes of a fully connected layer: x is rows × inputs, weights inputs × outputs, y rows × outputs.</summary>
internal readonly record struct DenseShape(int Rows, int Inputs, int Outputs)
{
    /// <summary>Derives the sizes from the arguments of <see cref="IDeviceStream.DenseForward"/> and checks them all.</summary>
    /// <exception cref="ArgumentException">They do not fit; names both shapes.</exception>
    public static DenseShape Of(int rows, DeviceSpan x, DeviceSpan weights, DeviceSpan bias, DeviceSpan y)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        var outputs = bias.Length;
        var inputs = rows > 0 ? x.Length / rows : outputs > 0 ? weights.Length / outputs : 0;
        var shape = new DenseShape(rows, inputs, outputs);
        SpanChecks.RequireShape(x, rows, inputs, nameof(x));
        SpanChecks.RequireShape(weights, inputs, outputs, nameof(weights));
        SpanChecks.RequireShape(y, rows, outputs, nameof(y));
        return shape;
    }

    /// <summary>Derives the sizes from the arguments of <see cref="IDeviceStream.DenseBackward"/> and checks them all.</summary>
    /// <exception cref="ArgumentException">They do not fit; names both shapes.</exception>
    public static DenseShape Of(
        int rows, DeviceSpan x, DeviceSpan weights, DeviceSpan y, DeviceSpan dy,
        DeviceSpan dWeights, DeviceSpan dBias, DeviceSpan? dx)
    {
        var shape = Of(rows, x, weights, dBias, y);
        SpanChecks.RequireShape(dy, rows, shape.Outputs, nameof(dy));
        SpanChecks.RequireShape(dWeights, shape.Inputs, shape.Outputs, nameof(dWeights));
        if (dx is { } gradient)
            SpanChecks.RequireShape(gradient, rows, shape.Inputs, nameof(dx));
        return shape;
    }
}
