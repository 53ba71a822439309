namespace Cluster.Storage.Jobs;

/// <summary>A job's record is not what this chief believes: it ended, or another chief runs it.</summary>
public sealed class JobMovedException(string answer) : Exception($"the job's record answered '{answer}'")
{
    /// <summary><c>fenced</c>, <c>closed</c> or <c>moved</c>.</summary>
    public string Answer { get; } = answer;

    /// <summary>Whether the job ended between reading its record and changing it, as one that is cancelled may.</summary>
    public bool HasEnded => Answer == "closed";
}
