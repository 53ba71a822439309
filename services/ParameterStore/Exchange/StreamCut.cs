namespace Cluster.ParameterStore.Exchange;

/// <summary>Breaks a stream, unless it has ended: the server uses a request's context again for the next one.</summary>
internal sealed class StreamCut(HttpContext context)
{
    private readonly Lock _gate = new();
    private bool _hasEnded;

    public void Abort()
    {
        lock (_gate)
        {
            if (!_hasEnded) context.Abort();
        }
    }

    public void End()
    {
        lock (_gate) _hasEnded = true;
    }
}
