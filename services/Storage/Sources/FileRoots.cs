using Cluster.Contracts.Errors;
using Cluster.Models.Data;

namespace Cluster.Storage.Sources;

/// <summary>Opens files that really lie under one of the data roots, wherever links lead.</summary>
internal sealed class FileRoots(IEnumerable<string> roots)
{
    private const int BufferBytes = 1 << 17;

    private readonly string[] _roots = [.. roots.Select(Path.GetFullPath)];

    /// <summary>Opens the file of a <c>file:</c> URI; a path that is not absolute is looked for under each root.</summary>
    /// <exception cref="DataFormatException">It is not under a root, is not there, or is no file that can be read.</exception>
    public FileStream Open(string uri)
    {
        if (_roots.Length == 0)
            throw new DataFormatException("this cluster reads no files by itself: no data root is configured (Data:Roots)");
        var path = PathOf(uri);
        try
        {
            string[] candidates = [.. Candidates(path).Where(IsNamedUnderARoot)];
            // Decided by the name alone: whether a file that is outside exists is nobody's business, nor is a file server that a path names.
            if (candidates.Length == 0) throw Outside(path);
            var real = candidates.Select(RealPath.Of).FirstOrDefault(File.Exists) ?? throw new DataFormatException($"there is no file '{path}'");
            if (!_roots.Any(root => IsUnder(real, RealPath.Of(root)))) throw Outside(path);
            if (new FileInfo(real).Length == 0)
                throw new DataFormatException($"'{path}' is empty");
            return new FileStream(real, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DataFormatException($"'{path}' cannot be read: {FailureText.Of(e)}", e);
        }
    }

    private DataFormatException Outside(string path) => new($"'{path}' is not under a data root; the roots are {string.Join(", ", _roots)}");

    private bool IsNamedUnderARoot(string path) => _roots.Any(root => IsUnder(path, root) || IsUnder(path, RealPath.Of(root)));

    private IEnumerable<string> Candidates(string path) => Path.IsPathRooted(path)
        ? [Path.GetFullPath(path)]
        : _roots.Select(root => Path.GetFullPath(Path.Combine(root, path)));

    private static bool IsUnder(string path, string root) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string PathOf(string uri)
    {
        var path = uri["file:".Length..];
        if (path.StartsWith("//", StringComparison.Ordinal))
        {
            path = path[2..];
            if (path.Length == 0 || path[0] != '/')
                throw new DataFormatException($"'{uri}' names a host; a file URI is file:/PATH, file:///PATH or file:NAME");
        }

        path = Uri.UnescapeDataString(path);
        // To Windows these are \\host\share, and devices; asking for such a file tells the host who asks.
        if (path.Length > 1 && path[0] is '/' or '\\' && path[1] is '/' or '\\')
            throw new DataFormatException($"'{uri}' names a host; a file URI is file:/PATH, file:///PATH or file:NAME");
        return path.Length > 0 && !path.Contains('\0') ? path : throw new DataFormatException($"'{uri}' names no file");
    }
}
