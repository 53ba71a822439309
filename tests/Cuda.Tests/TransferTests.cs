using Cluster.Compute.Cuda;

namespace Cluster.Cuda.Tests;

/// <summary>Memory and copies on the test double, which does what is enqueued as late as it may.</summary>
public sealed class TransferTests : IDisposable
{
    private readonly CudaDouble.CudaDoubleDriver _driver = Drivers.Double();
    private readonly CudaDevice _device = CudaDevices.Open(0);

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(262_144)]
    [InlineData(262_145)]
    [InlineData(1_000_003)]
    public void Upload_SourceChangesAfterwards_TheFirstContentComesBack(int length)
    {
        using var stream = _device.OpenStream();
        using var buffer = stream.Rent(length);
        var values = Enumerable.Range(0, length).Select(i => (float)i).ToArray();
        stream.Upload(values, buffer);
        values.AsSpan().Fill(-1);
        var read = new float[length];

        stream.Download(buffer, read);

        Assert.Equal(Enumerable.Range(0, length).Select(i => (float)i), read);
    }

    [Fact]
    public void Rent_ReturnedOnAnotherStream_IsNotReusedBeforeThatStreamIsDone()
    {
        using var first = _device.OpenStream();
        using var second = _device.OpenStream();
        using var copy = first.Rent(1000);
        using (var leased = first.Rent(1000))
        {
            first.Fill(leased, 1);
            first.Copy(leased, copy);
        }

        using var other = second.Rent(1000);
        second.Fill(other, 2);
        second.Synchronize();

        var read = new float[1000];
        first.Download(copy, read);
        Assert.All(read, value => Assert.Equal(1, value));
    }

    [Fact]
    public void Rent_SameSizeAgainAndAgain_AsksTheDriverOnce()
    {
        using var stream = _device.OpenStream();
        for (var i = 0; i < 100; i++)
        {
            using var buffer = stream.Rent(1000);
            stream.Fill(buffer, i);
            if (i % 10 == 0) stream.Synchronize();
        }

        Assert.Equal(1, _driver.Count("allocations"));
    }

    [Fact]
    public void Return_MoreThanTheIdleLimit_GoesBackToTheDriver()
    {
        using var device = CudaDevices.Open(0, new CudaOptions { IdleMemoryLimit = 1 << 20 });
        using (var stream = device.OpenStream())
        {
            var buffers = Enumerable.Range(0, 4).Select(_ => stream.Rent(1 << 17)).ToArray();
            foreach (var buffer in buffers)
                buffer.Dispose();
        }

        Assert.Equal(2, _driver.Count("allocations"));
    }

    [Fact]
    public void Fill_BufferGivenBack_Throws()
    {
        using var stream = _device.OpenStream();
        var buffer = stream.Rent(10);
        buffer.Dispose();
        buffer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => stream.Fill(buffer, 1));
    }

    [Fact]
    public void Fill_BufferOfAnotherDevice_NamesTheDevice()
    {
        _driver.Set("devices", 2);
        using var other = CudaDevices.Open(1);
        using var stream = _device.OpenStream();
        using var elsewhere = other.OpenStream();
        using var buffer = elsewhere.Rent(10);

        var error = Assert.Throws<ArgumentException>(() => stream.Fill(buffer, 1));

        Assert.Contains("TEST DOUBLE (no GPU) (0)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_MoreCommandsThanTheRingHolds_KeepsTheirOrder()
    {
        using var stream = _device.OpenStream();
        using var sum = stream.Rent(1);
        using var one = stream.Rent(1);
        stream.Fill(sum, 0);
        stream.Fill(one, 1);
        for (var i = 0; i < 1000; i++)
            stream.Add(sum, one, sum);
        var read = new float[1];

        stream.Download(sum, read);

        Assert.Equal(1000, read[0]);
    }

    [Fact]
    public async Task Download_FourThreadsWithAStreamEach_EachGetsItsOwn()
    {
        var threads = Enumerable.Range(0, 4).Select(number => Task.Factory.StartNew(() =>
        {
            using var stream = _device.OpenStream();
            for (var i = 0; i < 50; i++)
            {
                using var buffer = stream.Rent(3000);
                stream.Fill(buffer, number);
                stream.Scale(buffer, 2, buffer);
                var read = new float[3000];
                stream.Download(buffer, read);
                Assert.All(read, value => Assert.Equal(2 * number, value));
            }
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));

        await Task.WhenAll(threads).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }
}
