using System.Security.Cryptography;
using System.Text;
using Cluster.ServiceDefaults.Configuration;
using Cluster.ServiceDefaults.Security;

namespace Cluster.ServiceDefaults.Tests.Security;

public sealed class ClusterKeyTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    public void Create_NoKey_NamesTheVariableAndTheLimit(string? key)
    {
        var error = Assert.Throws<SettingException>(() => new ClusterKey(key));
        Assert.Contains("CLUSTER_KEY is not set", error.Message, StringComparison.Ordinal);
        Assert.Contains("16 characters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ShortKey_SaysTheLengthAndNeverTheKey()
    {
        var error = Assert.Throws<SettingException>(() => new ClusterKey("fifteen-chars-x"));
        Assert.Contains("has 15 characters", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("fifteen", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Matches_AnythingButTheKey_IsFalse()
    {
        var text = ClusterKey.Generate();
        var key = new ClusterKey(text);
        Assert.True(key.Matches(text));
        Assert.All(["", text[..^1], text + "x", text.ToUpperInvariant(), " " + text], other => Assert.False(key.Matches(other)));
    }

    [Fact]
    public void Generate_Twice_GivesTwoKeysOf256Bits()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => ClusterKey.Generate()).ToList();
        Assert.Equal(100, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Matches("^[A-Za-z0-9_-]{43}$", key));
    }

    [Fact]
    public void Matches_TwoKeys_AcceptsBothAndTellsThemApart()
    {
        var (first, second) = (ClusterKey.Generate(), ClusterKey.Generate());
        var key = new ClusterKey(first, second);

        Assert.Equal(ShortHash(first), key.NameOf(first));
        Assert.Equal(ShortHash(second), key.NameOf(second));
        Assert.All(["", first[..^1], second + "x", first + second, ClusterKey.Generate()], other => Assert.Null(key.NameOf(other)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Create_NoSecondKey_AcceptsTheFirstAlone(string? second)
    {
        var first = ClusterKey.Generate();
        Assert.True(new ClusterKey(first, second).Matches(first));
        Assert.False(new ClusterKey(first, second).Matches(""));
    }

    [Fact]
    public void Create_ShortSecondKey_NamesItsVariable()
    {
        var error = Assert.Throws<SettingException>(() => new ClusterKey(ClusterKey.Generate(), "short"));
        Assert.Equal("CLUSTER_KEY_SECOND has 5 characters; a cluster key has at least 16", error.Message);
    }

    // As `printf %s "$CLUSTER_KEY" | sha256sum | cut -c1-8` prints it.
    private static string ShortHash(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..8].ToLowerInvariant();
}
