using Cluster.Protocol.Segments;

namespace Cluster.Storage.Registry;

/// <summary>The token of a lease, <c>counter.random</c>, as the protocol names processes.</summary>
public static class LeaseToken
{
    /// <summary>Its random part: the incarnation of a ps task.</summary>
    /// <exception cref="FormatException">The text is not a token.</exception>
    public static ulong Incarnation(string token) => Generation.Parse(token).Random;
}
