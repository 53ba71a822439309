using System.Buffers;
using Google.Protobuf;

namespace Cluster.Client.Transport;

/// <summary>Reads a file part by part, each into the same pooled buffer.</summary>
internal static class FileParts
{
    private const int PartBytes = 256 << 10;

    /// <summary>Sends part after part until the file ends, or one is not taken.</summary>
    /// <param name="file">From where it stands to its end.</param>
    /// <param name="sendAsync">Sends a part, and is done with its bytes when it returns; false where it is not taken.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Whether all were taken.</returns>
    public static async Task<bool> SendAsync(Stream file, Func<ByteString, Task<bool>> sendAsync, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PartBytes);
        try
        {
            while (await file.ReadAsync(buffer.AsMemory(0, PartBytes), cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                // A part is serialized when it is sent, so that the buffer is free again.
                if (!await sendAsync(UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, read))).ConfigureAwait(false)) return false;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
