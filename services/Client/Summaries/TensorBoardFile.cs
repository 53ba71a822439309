using System.Buffers.Binary;
using System.Globalization;
using Cluster.Contracts.Summaries.V1;
using Google.Protobuf;

namespace Cluster.Client.Summaries;

/// <summary>Summaries as an event file that TensorBoard reads.</summary>
/// <remarks>
/// A record (TFRecord) is the length of its data (8 bytes, little-endian), the masked CRC-32C of these 8 bytes, the data,
/// and the masked CRC-32C of the data; the data is an Event message. The first event names the version of the format.
/// </remarks>
public static class TensorBoardFile
{
    private const string Version = "brain.Event:2";

    /// <summary>Writes a job's summaries to a file in a directory, under <see cref="PathOf">a name that stays the same</see>.</summary>
    /// <param name="directory">Made where it is not there.</param>
    /// <param name="jobId">The job.</param>
    /// <param name="points">Its points, in order.</param>
    /// <param name="overwrite">Replace what was exported of the job before.</param>
    /// <returns>Path of the file.</returns>
    /// <exception cref="IOException">The file cannot be written, or is there already.</exception>
    public static string Write(string directory, string jobId, IReadOnlyList<SummaryPoint> points, bool overwrite = false)
    {
        var path = PathOf(directory, jobId, points);
        Directory.CreateDirectory(directory);
        WholeFile.Write(path, overwrite, stream => Write(stream, points));
        return path;
    }

    /// <summary>Where a job's summaries go: named by when it began and by the job,
    /// so that TensorBoard finds one curve of it however often it is exported.</summary>
    public static string PathOf(string directory, string jobId, IReadOnlyList<SummaryPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var began = points.Count > 0 ? points[0].At : DateTimeOffset.UnixEpoch;
        return Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{began.ToUnixTimeSeconds():D10}.{jobId}"));
    }

    /// <summary>Writes the version, then an event for each point.</summary>
    public static void Write(Stream stream, IReadOnlyList<SummaryPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        WriteRecord(stream, new Event
        {
            WallTime = SecondsOf(points.Count > 0 ? points[0].At : DateTimeOffset.UnixEpoch),
            FileVersion = Version
        }.ToByteArray());
        foreach (var point in points)
        {
            var summary = new Summary();
            foreach (var (name, value) in point.Values.OrderBy(value => value.Key, StringComparer.Ordinal))
                summary.Value.Add(new Summary.Types.Value { Tag = name, SimpleValue = (float)value });
            WriteRecord(stream, new Event { WallTime = SecondsOf(point.At), Step = point.Clock, Summary = summary }.ToByteArray());
        }
    }

    private static void WriteRecord(Stream stream, ReadOnlySpan<byte> data)
    {
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Crc32C.Masked(head[..8]));
        stream.Write(head);
        stream.Write(data);
        Span<byte> tail = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, Crc32C.Masked(data));
        stream.Write(tail);
    }

    private static double SecondsOf(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 1000.0;
}
