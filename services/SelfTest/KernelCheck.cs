using System.Runtime.InteropServices;
using Cluster.Compute.Devices;

namespace Cluster.SelfTest;

/// <summary>One operation on inputs of several sizes, against its scalar definition.</summary>
/// <param name="Name">The operation.</param>
/// <param name="Compare">Runs both and compares their results.</param>
internal sealed record KernelCheck(string Name, Action<IDeviceStream, Inputs, BitComparison> Compare)
{
    /// <exception cref="DeviceException">The device is lost: there is nothing more to check on it.</exception>
    public CheckResult Run(IDevice device, int seed)
    {
        var comparison = new BitComparison();
        try
        {
            using var stream = device.OpenStream();
            Compare(stream, new Inputs(stream, seed), comparison);
            return new CheckResult(Name, comparison.Values, comparison.FirstDifference);
        }
        catch (DeviceException failure) when (!failure.IsDeviceLost)
        {
            return new CheckResult(Name, comparison.Values, failure.Message);
        }
    }
}

/// <summary>Compares results to the bit; a NaN is equal to any other.</summary>
internal sealed class BitComparison
{
    public int Values { get; private set; }

    public string? FirstDifference { get; private set; }

    public void Add(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Values += expected.Length;
        for (var i = 0; i < expected.Length && FirstDifference is null; i++)
        {
            var same = BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i])
                || (float.IsNaN(expected[i]) && float.IsNaN(actual[i]));
            if (!same) FirstDifference = FormattableString.Invariant($"{what}[{i}] is {actual[i]:R}, {expected[i]:R} is right");
        }
    }

    public void Add<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, string what)
        where T : unmanaged
    {
        Values += expected.Length;
        for (var i = 0; i < expected.Length && FirstDifference is null; i++)
        {
            var same = MemoryMarshal.AsBytes(expected.Slice(i, 1)).SequenceEqual(MemoryMarshal.AsBytes(actual.Slice(i, 1)));
            if (!same) FirstDifference = FormattableString.Invariant($"{what}[{i}] is {actual[i]}, {expected[i]} is right");
        }
    }
}
