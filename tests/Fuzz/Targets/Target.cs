using Cluster.Fuzz.Inputs;

namespace Cluster.Fuzz.Targets;

/// <summary>Something that takes bytes from strangers, with what must hold for any bytes.</summary>
internal abstract class Target : IAsyncDisposable
{
    public abstract string Name { get; }

    /// <summary>What it is, for people.</summary>
    public abstract string Description { get; }

    /// <summary>How long one input may take before it counts as a hang.</summary>
    public virtual TimeSpan Limit => TimeSpan.FromSeconds(20);

    /// <summary>Whether it runs on the thread that asks for it, so that what it allocates is told exactly; else that of the whole process counts.</summary>
    public virtual bool IsOnOneThread => true;

    /// <summary>Bytes that taking or refusing an input may allocate in all.</summary>
    public abstract long MaxAllocation(byte[] input);

    /// <summary>Starts what it needs.</summary>
    public virtual Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Makes an input.</summary>
    public abstract byte[] Generate(FuzzRandom random);

    /// <summary>Gives it to the code under test.</summary>
    /// <returns>Whether it was taken; false where it was refused as documented.</returns>
    /// <exception cref="Exception">Anything: the code did what it must not do with any input.</exception>
    public abstract ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken);

    /// <summary>Ends what it started.</summary>
    public ValueTask DisposeAsync() => StopAsync();

    protected virtual ValueTask StopAsync() => ValueTask.CompletedTask;
}
