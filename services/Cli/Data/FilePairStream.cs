using Cluster.Contracts.Data;

namespace Cluster.Cli.Data;

/// <summary>One stream and behind it another, to be read once.</summary>
internal sealed class FilePairStream(Stream first, Stream second) : ReadOnlyStream
{
    /// <summary>Whether the first was read to its end.</summary>
    public bool IsInSecond { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsInSecond)
        {
            var read = await first.ReadAsync(buffer, cancellationToken);
            if (read > 0 || buffer.IsEmpty) return read;
            IsInSecond = true;
        }

        return await second.ReadAsync(buffer, cancellationToken);
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            first.Dispose();
            second.Dispose();
        }

        base.Dispose(disposing);
    }
}
