using System.IO.Pipelines;
using Cluster.Contracts.Data;
using Cluster.Contracts.Data.V1;
using Cluster.Contracts.Jobs;
using Grpc.Core;

namespace Cluster.Coordinator.Data;

/// <summary>One client's file, part by part. What is not read yet is bounded: the client is held back.</summary>
/// <param name="parts">What the client sends.</param>
/// <param name="time">Measures its silence.</param>
internal sealed class DataUpload(IAsyncStreamReader<LoadRequest> parts, TimeProvider time)
{
    /// <summary>Most bytes of a part.</summary>
    public const int MaxPartBytes = 1 << 20;

    private const string Unnamed = "-";

    /// <summary>How long a client may be silent between two parts.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly PipeOptions Bounds = new(
        pauseWriterThreshold: 4 * MaxPartBytes, resumeWriterThreshold: 2 * MaxPartBytes, useSynchronizationContext: false);

    /// <summary>Bytes of the file that have come so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Reads the header.</summary>
    /// <exception cref="RpcException">It is wrong, or not the first part.</exception>
    public async Task<DataImport> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        if (!await NextAsync(silence, stop.Token) || parts.Current.PartCase != LoadRequest.PartOneofCase.Header)
            throw Refused("header", "", "must be the first part");
        var import = parts.Current.Header.ToImport();
        import = import with { Source = import.Source.Length == 0 ? Unnamed : import.Source };
        var violations = import.Validate();
        if (violations.Count > 0) throw SpecRejection.ToRpcException(violations);
        if (DataImport.IsUri(import.Source)) throw Refused("source", import.Source, "must be the name of the file that is sent");
        return import.Format == DataFormats.LibSvm && import.Features == 0
            ? throw Refused("features", "0", $"must be from 1 to {DataImport.MaxFeatures} for a file that is sent")
            : import;
    }

    /// <summary>Gives the rest of the file to a reader while it comes. A reader that ends early ends the upload.</summary>
    /// <returns>What the reader makes of it.</returns>
    /// <exception cref="RpcException">A part is wrong, or none comes any more; the reader's stream throws it too.</exception>
    public async Task<T> PassOnAsync<T>(Func<Stream, Task<T>> read, CancellationToken cancellationToken)
    {
        var pipe = new Pipe(Bounds);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(pipe.Reader, read, done);
        try
        {
            await ReceiveAsync(pipe.Writer, done.Token);
            await pipe.Writer.CompleteAsync();
        }
        catch (Exception e)
        {
            // The stream throws it at the reader, which then cleans up; one that has ended says itself why.
            await pipe.Writer.CompleteAsync(e);
        }

        return await reading;
    }

    private static async Task<T> ReadAsync<T>(PipeReader reader, Func<Stream, Task<T>> read, CancellationTokenSource done)
    {
        await using var stream = reader.AsStream();
        try
        {
            return await read(stream);
        }
        finally
        {
            await done.CancelAsync();
        }
    }

    private async Task ReceiveAsync(PipeWriter writer, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        while (await NextAsync(silence, stop.Token))
        {
            if (parts.Current.PartCase != LoadRequest.PartOneofCase.Content)
                throw Refused("part", $"{parts.Current.PartCase}", "must be content, after one header");
            var content = parts.Current.Content.Memory;
            if (content.Length > MaxPartBytes)
                throw Refused("content", $"{content.Length} bytes", $"must have at most {MaxPartBytes} bytes");
            Bytes += content.Length;
            if ((await writer.WriteAsync(content, cancellationToken)).IsCompleted) return;
        }
    }

    private async Task<bool> NextAsync(CancellationTokenSource silence, CancellationToken stop)
    {
        silence.CancelAfter(Patience);
        try
        {
            return await parts.MoveNext(stop);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Aborted, $"no part of the file came for {Patience.TotalSeconds:F0} s"));
        }
        finally
        {
            silence.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    private static RpcException Refused(string field, string value, string limit) => SpecRejection.ToRpcException([new SpecViolation(field, value, limit)]);
}
