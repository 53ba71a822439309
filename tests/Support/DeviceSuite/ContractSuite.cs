using Cluster.Compute.Devices;

namespace Cluster.DeviceSuite;

/// <summary>Lengths that do not fit, overlaps, lifetimes, and streams side by side.</summary>
public abstract class ContractSuite : DeviceTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void MatMul_WrongLength_NamesBothShapes()
    {
        using var a = Blank(6);
        using var b = Blank(6);
        using var c = Blank(5);

        var failure = Assert.Throws<ArgumentException>(() => Stream.MatMul(new(2, 2, 3), a, b, c));

        Assert.Contains("C has 5", failure.Message, StringComparison.Ordinal);
        Assert.Contains("C (2×2) = A (2×3) · B (3×2)", failure.Message, StringComparison.Ordinal);
        Assert.All(Get(c), value => Assert.Equal(12345.678f, value));
    }

    [Fact]
    public void Operations_LengthsThatDiffer_NameBoth()
    {
        using var three = Blank(3);
        using var two = Blank(2);
        using var out2 = Blank(2);
        using var out3 = Blank(3);

        AssertNames(() => Stream.Add(three, two, out3), "2", "3");
        AssertNames(() => Stream.Multiply(three, out3, two), "2", "3");
        AssertNames(() => Stream.Scale(three, 2, out2), "2", "3");
        AssertNames(() => Stream.AddScaled(three, 2, out2), "2", "3");
        AssertNames(() => Stream.Copy(three, out2), "2", "3");
        AssertNames(() => Stream.Upload([1, 2, 3], two), "2", "3");
        AssertNames(() => Stream.Download(three, new float[2]), "2", "3");
        AssertNames(() => Stream.ReduceSum(three, two), "2", "1×1");
        AssertNames(() => Stream.SquaredError(three, two, out3, out2), "2", "3");
    }

    [Fact]
    public void DenseForward_WrongWeights_NamesBothShapes()
    {
        using var x = Blank(8);
        using var weights = Blank(11);
        using var bias = Blank(3);
        using var y = Blank(6);

        AssertNames(() => Stream.DenseForward(2, x, weights, bias, Activation.Relu, y), "weights has 11", "4×3");
    }

    [Fact]
    public void DenseBackward_WrongGradient_NamesBothShapes()
    {
        using var x = Blank(8);
        using var weights = Blank(12);
        using var y = Blank(6);
        using var dy = Blank(5);
        using var dWeights = Blank(12);
        using var dBias = Blank(3);

        AssertNames(
            () => Stream.DenseBackward(2, x, weights, Activation.Relu, y, dy, dWeights, dBias, null), "dy has 5", "2×3");
    }

    [Fact]
    public void SoftmaxCrossEntropy_WrongLabels_NamesBothShapes()
    {
        using var logits = Blank(6);
        using var labels = Blank(3);
        using var losses = Blank(2);
        using var gradient = Blank(6);

        AssertNames(() => Stream.SoftmaxCrossEntropy(2, logits, labels, losses, gradient), "labels has 3", "2×1");
    }

    [Fact]
    public void Operations_ResultOverlapsAnOperand_Throw()
    {
        using var buffer = Blank(10);
        using var one = Blank(1);

        AssertNames(() => Stream.Add(buffer.Slice(0, 4), buffer.Slice(4, 4), buffer.Slice(1, 4)), "[1, 5)", "[0, 4)");
        AssertNames(() => Stream.Copy(buffer.Slice(0, 4), buffer.Slice(3, 4)), "[3, 7)", "[0, 4)");
        AssertNames(() => Stream.MatMul(new(2, 2, 1), buffer.Slice(0, 2), buffer.Slice(2, 2), buffer.Slice(3, 4)), "[3, 7)", "[2, 4)");
        Stream.Add(buffer.Slice(0, 4), buffer.Slice(4, 4), buffer.Slice(0, 4));
        Stream.ReduceSum(buffer.Slice(1, 9), buffer.Slice(0, 1));
    }

    [Fact]
    public void Slice_BeyondTheBuffer_Throws()
    {
        using var buffer = Blank(10);

        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Slice(5, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Slice(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Slice(5, 5).Slice(3, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.Rent(-1));
    }

    [Fact]
    public void Buffer_AfterDispose_Throws()
    {
        var buffer = Blank(10);
        using var other = Blank(10);
        buffer.Dispose();
        buffer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Stream.Fill(buffer, 1));
        Assert.Throws<ObjectDisposedException>(() => Stream.Add(other, buffer, other));
        Assert.Throws<ObjectDisposedException>(() => Stream.Download(buffer, new float[10]));
    }

    [Fact]
    public void Buffer_OfAnotherDevice_Throws()
    {
        using var device = OpenDevice();
        using var stream = device.OpenStream();
        using var foreign = Put([1, 2, 3], stream);
        using var own = Blank(3);

        Assert.Throws<ArgumentException>(() => Stream.Add(own, foreign, own));
    }

    [Fact]
    public void Buffer_OutlivesItsStream_UntilItIsDisposed()
    {
        var stream = Device.OpenStream();
        using var buffer = Put([1, 2, 3], stream);
        stream.Synchronize();
        stream.Dispose();
        stream.Dispose();

        Floats.AssertSame([1, 2, 3], Get(buffer), "buffer");
        Assert.Throws<ObjectDisposedException>(() => stream.Fill(buffer, 1));
        Assert.Throws<ObjectDisposedException>(() => stream.Rent(1));
    }

    [Fact]
    public void Device_AfterDispose_Throws()
    {
        var device = OpenDevice();
        var stream = device.OpenStream();
        var buffer = Put([1, 2, 3], stream);
        device.Dispose();
        device.Dispose();

        Assert.Throws<ObjectDisposedException>(device.OpenStream);
        Assert.Throws<ObjectDisposedException>(() => stream.Fill(buffer, 1));
        buffer.Dispose();
        stream.Dispose();
    }

    [Fact]
    public void Rent_ManyTimes_NeverLeasesTheSameMemoryTwice()
    {
        var buffers = new List<DeviceBuffer>();
        for (var round = 0; round < 20; round++)
        {
            for (var length = 0; length < 40; length++)
            {
                var buffer = Stream.Rent(length);
                Stream.Fill(buffer, buffers.Count);
                buffers.Add(buffer);
            }

            if (round % 3 != 2) continue;
            for (var i = 0; i < buffers.Count; i++)
                Assert.All(Get(buffers[i]), value => Assert.Equal(i, value));
            buffers.ForEach(buffer => buffer.Dispose());
            buffers.Clear();
        }

        buffers.ForEach(buffer => buffer.Dispose());
    }

    [Fact]
    public async Task Streams_SideBySide_DoNotDisturbEachOther()
    {
        var device = Device;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(index => Task.Run(() => Work(device, index)))).WaitAsync(Patience);
    }

    [Fact]
    public void Info_Device_SaysWhatItIs()
    {
        Assert.NotEmpty(Device.Info.Name);
        Assert.NotEmpty(Device.Info.Details);
        Assert.InRange(Device.Info.Units, 1, 100_000);
        Assert.InRange(Device.Info.MemoryBytes, 1L << 20, 1L << 50);
        Assert.Same(Device, Stream.Device);
    }

    private void Work(IDevice device, int index)
    {
        using var stream = device.OpenStream();
        using var a = Put(Floats.Ordinary(200 * 150, (uint)index), stream);
        using var b = Put(Floats.Ordinary(150 * 100, 77), stream);
        using var c = stream.Rent(200 * 100);
        using var sum = stream.Rent(1);
        stream.MatMul(new(200, 100, 150), a, b, c);
        stream.ReduceSum(c, sum);
        var (product, total) = (Get(c, stream), Get(sum, stream));
        for (var round = 0; round < 50; round++)
        {
            stream.Fill(c, index);
            stream.MatMul(new(200, 100, 150), a, b, c);
            stream.ReduceSum(c, sum);
            Floats.AssertSame(product, Get(c, stream), $"C of stream {index}");
            Floats.AssertSame(total, Get(sum, stream), $"sum of stream {index}");
        }
    }

    private static void AssertNames(Action operation, params string[] parts)
    {
        var failure = Assert.ThrowsAny<ArgumentException>(operation);
        Assert.All(parts, part => Assert.Contains(part, failure.Message, StringComparison.Ordinal));
    }
}
