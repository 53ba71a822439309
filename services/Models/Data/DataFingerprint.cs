using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Cluster.Models.Data;

/// <summary>Identifies a data set by its content: the same columns and values give the same fingerprint, however the rows are cut into chunks.</summary>
/// <remarks>
/// SHA-256 over: the columns, features first and label last, each as its UTF-8 length in bytes (int32) and its UTF-8
/// text; their number comes before (int32) and the number of rows after (int64); the SHA-256 of all features row-major; the
/// SHA-256 of all labels. Numbers are little-endian.
/// </remarks>
public sealed class DataFingerprint(DataSchema schema) : IDisposable
{
    private readonly IncrementalHash _features = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _labels = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _rows;

    /// <summary>The fingerprint of a whole data set.</summary>
    public static string Of(DataSet data)
    {
        using var fingerprint = new DataFingerprint(data.Schema);
        foreach (var chunk in data.Chunks)
            fingerprint.Add(chunk);
        return fingerprint.Finish();
    }

    /// <summary>Adds the next rows.</summary>
    /// <exception cref="ArgumentException">The chunk does not follow the one before, or has another number of features.</exception>
    public void Add(DataChunk chunk)
    {
        if (chunk.FirstRow != _rows || chunk.FeatureCount != schema.Features.Count)
        {
            throw new ArgumentException(
                $"Expected was row {_rows} with {schema.Features.Count} features, not row {chunk.FirstRow} with {chunk.FeatureCount}.", nameof(chunk));
        }

        LittleEndian.Append(_features, chunk.Features);
        LittleEndian.Append(_labels, chunk.Labels);
        _rows += chunk.Rows;
    }

    /// <summary>64 lower-case hexadecimal digits; the object is used up.</summary>
    public string Finish()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendNumber(hash, schema.Features.Count + 1, sizeof(int));
        foreach (var name in schema.Features.Append(schema.Label))
        {
            var text = Encoding.UTF8.GetBytes(name);
            AppendNumber(hash, text.Length, sizeof(int));
            hash.AppendData(text);
        }

        AppendNumber(hash, _rows, sizeof(long));
        hash.AppendData(_features.GetHashAndReset());
        hash.AppendData(_labels.GetHashAndReset());
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose()
    {
        _features.Dispose();
        _labels.Dispose();
    }

    private static void AppendNumber(IncrementalHash hash, long number, int bytes)
    {
        Span<byte> buffer = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(buffer, number);
        hash.AppendData(buffer[..bytes]);
    }
}
