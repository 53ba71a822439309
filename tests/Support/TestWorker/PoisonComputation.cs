using System.Text.Json;
using Cluster.Compute.Computations;

namespace Cluster.TestWorker;

/// <summary>Counts indices, but the one named <c>at</c> does what <c>does</c> says: throws, waits (until it is asked to end), hangs (whoever asks),
/// allocates (without end), or exits.</summary>
internal sealed class PoisonComputation : Computation<(string Does, long At), long>
{
    public override string Name => "poison";

    protected override (string Does, long At) ReadArguments(JsonElement arguments)
        => (arguments.GetProperty("does").GetString()!, arguments.GetProperty("at").GetInt64());

    protected override long Compute((string Does, long At) arguments, IndexRange range, CancellationToken cancellationToken)
    {
        if (arguments.At < range.From || arguments.At >= range.To) return range.To - range.From;
        switch (arguments.Does)
        {
            case "throws":
                throw new InvalidDataException("this index is poison");
            case "waits":
                cancellationToken.WaitHandle.WaitOne();
                cancellationToken.ThrowIfCancellationRequested();
                break;
            case "hangs":
                Thread.Sleep(Timeout.Infinite);
                break;
            case "exits":
                Environment.FailFast("this index ends its process");
                break;
            case "allocates":
                Allocate();
                break;
        }

        return range.To - range.From;
    }

    protected override long Merge(long left, long right) => left + right;

    protected override JsonElement Result((string Does, long At) arguments, GrainSpace space, long total) => JsonSerializer.SerializeToElement(new { total });

    private static void Allocate()
    {
        var held = new List<byte[]>();
        while (true)
            held.Add(GC.AllocateUninitializedArray<byte>(1 << 30));
    }
}
