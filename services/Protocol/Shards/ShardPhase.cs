namespace Cluster.Protocol.Shards;

/// <summary>What a ps task does with a job.</summary>
public enum ShardPhase
{
    /// <summary>Serves no generation: none was opened, or it was left.</summary>
    Idle,

    /// <summary>Parameters and slots of a generation are being filled in.</summary>
    Loading,

    /// <summary>Takes gradients and gives parameters.</summary>
    Serving,

    /// <summary>Met a value that is not finite: serves nothing more in this generation.</summary>
    Diverged,
}
