using Cluster.Compute.Devices;

namespace Cluster.SelfTest;

/// <summary>Draws inputs and moves them to and from the device.</summary>
internal sealed class Inputs(IDeviceStream stream, int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Lengths around the sizes of vectors, blocks and tiles.</summary>
    public static IReadOnlyList<int> Lengths { get; } = [0, 1, 7, 256, 4097, 100_003];

    /// <summary>Rows, columns and depths around the tiles of matrix products.</summary>
    public static IReadOnlyList<(int Rows, int Columns, int Depth)> Sizes { get; } =
        [(1, 1, 1), (3, 5, 0), (64, 64, 16), (65, 63, 17), (128, 10, 200), (1, 257, 33)];

    /// <summary>Values of both signs and of many sizes.</summary>
    public float[] Draw(int length)
    {
        var values = new float[length];
        for (var i = 0; i < length; i++)
            values[i] = (float)((2 * _random.NextDouble() - 1) * Math.Pow(10, _random.Next(-3, 2)));
        return values;
    }

    public float[] DrawClasses(int length, int classes)
    {
        var labels = new float[length];
        for (var i = 0; i < length; i++)
            labels[i] = _random.Next(classes);
        return labels;
    }

    public DeviceBuffer Put(float[] values)
    {
        var buffer = stream.Rent(values.Length);
        stream.Upload(values, buffer);
        return buffer;
    }

    public float[] Get(DeviceBuffer buffer)
    {
        var values = new float[buffer.Length];
        stream.Download(buffer, values);
        return values;
    }
}
