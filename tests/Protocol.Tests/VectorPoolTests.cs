using Cluster.Protocol.Shards;

namespace Cluster.Protocol.Tests;

public sealed class VectorPoolTests
{
    [Fact]
    public void Release_LastHolder_GivesItBackAndNoneBefore()
    {
        var pool = new VectorPool(1, 1);
        var vector = pool.Rent();
        vector.Share();

        vector.Release();
        Assert.Equal(1, pool.Rented);
        vector.Release();

        Assert.Equal(0, pool.Rented);
        Assert.Same(vector, pool.Rent());
    }

    [Fact]
    public void Release_MoreOftenThanHeld_Throws()
    {
        var vector = new VectorPool(1, 1).Rent();
        vector.Release();

        Assert.Throws<ObjectDisposedException>(vector.Release);
        Assert.Throws<ObjectDisposedException>(vector.Share);
    }

    [Fact]
    public void Rent_AfterRefusedCalls_GivesItToOneAlone()
    {
        var pool = new VectorPool(1, 2);
        var vector = pool.Rent();
        vector.Release();
        Assert.Throws<ObjectDisposedException>(vector.Share);
        Assert.Throws<ObjectDisposedException>(vector.Release);

        var again = pool.Rent();

        Assert.Same(vector, again);
        Assert.NotSame(again, pool.Rent());
        again.Release();
        Assert.Equal(1, pool.Rented);
    }

    [Fact]
    public void Rent_AllHeld_Throws()
    {
        var pool = new VectorPool(1, 2);
        pool.Rent();
        pool.Rent();

        Assert.Throws<InvalidOperationException>(() => pool.Rent());
        Assert.Equal(0, pool.Available);
    }
}
