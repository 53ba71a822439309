using Cluster.Client.Errors;

namespace Cluster.Cli.Training;

/// <summary>A data file that cannot be used: <c>train: --data file.csv: row 7, column 2 (x): 'abc' is not a number</c>.</summary>
internal sealed class DataFileException(string path, string reason, Exception? innerException = null)
    : ClusterException($"train: --data {path}: {reason}", innerException);
