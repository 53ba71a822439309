namespace Cluster.Coordinator.Chief;

/// <summary>Whether this coordinator is the chief now, and by which token. Written by <see cref="ChiefService"/> alone.</summary>
internal sealed class ChiefOffice
{
    private volatile string? _token;

    /// <summary>Token of the lease on <c>/job:chief/task:0</c>, or null while another holds it.</summary>
    public string? Token => _token;

    public void Enter(string token) => _token = token;

    public void Leave() => _token = null;
}
