using Cluster.Client.Errors;
using Cluster.Client.Transport;
using Cluster.Contracts.Data;
using Grpc.Core;

namespace Cluster.Client.Data;

/// <summary>What became of a load of which the cluster did not say so.</summary>
internal static class DataOutcome
{
    /// <summary>With a key of its own, where it needs one.</summary>
    public static DataImport WithKey(DataImport import)
        => import.Name is null ? import : import with { IdempotencyKey = import.IdempotencyKey ?? Guid.NewGuid().ToString("N") };

    /// <summary>The last failure of a load.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="address">The coordinator's address.</param>
    /// <param name="import">The load.</param>
    /// <param name="wasSent">The cluster may have had all that it needs.</param>
    public static ClusterException Of(RpcException e, Uri address, DataImport import, bool wasSent)
        => wasSent && import.Name is not null && CallErrors.IsAway(e)
        ? Unknown(address, import, CallErrors.Reason(e), e)
        : CallErrors.Translate(e, address, null);

    public static ClusterException Unknown(Uri address, DataImport import, string reason, RpcException e) => import.Name is { } name
        ? new OutcomeUnknownException(address, $"it added the data set '{name}'", reason, $"`cluster data show {name}` tells", e)
        : ClusterUnavailableException.Silent(address, reason, e);
}
