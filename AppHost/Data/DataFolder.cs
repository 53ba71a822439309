using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cluster.AppHost.CommandLine;
using Cluster.Client.State;

namespace Cluster.AppHost.Data;

/// <summary>
/// What a cluster keeps from one run to the next: the servers' data, and the passwords and keys that belong to it. One app host at a time
/// has it.
/// <code>
/// format          version of this layout
/// lock            held while an app host runs on it; process id of that one
/// secrets/NAME    a password or key, mode 600
/// ports/NAME      the port that a server had last
/// redis/ rabbitmq/
/// </code>
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string Format = "1";
    private const int SecretBytes = 32;

    private readonly FileStream _lock;

    private DataFolder(string path, bool isEphemeral, FileStream held)
    {
        (Path, IsEphemeral, _lock) = (path, isEphemeral, held);
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..8];
    }

    public string Path { get; }

    /// <summary>It is removed at the end.</summary>
    public bool IsEphemeral { get; }

    /// <summary>A name for what lies elsewhere and belongs to it, such as a container's volume: 8 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>The folder of a checkout, under the user's state directory.</summary>
    public static string DefaultPath(string projectDirectory)
    {
        var checkout = System.IO.Path.GetDirectoryName(System.IO.Path.TrimEndingDirectorySeparator(projectDirectory)) ?? projectDirectory;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(checkout)))[..8];
        return System.IO.Path.Combine(ClusterStateFile.UserDirectory, "data", $"{System.IO.Path.GetFileName(checkout)}-{hash}");
    }

    /// <summary>Opens the folder that was asked for, or this checkout's, or one that is removed at the end.</summary>
    /// <exception cref="AppHostException">It is in use, of a version that cannot be read, or something else; the message names it.</exception>
    public static DataFolder Open(AppHostOptions options) => options.IsEphemeral
        ? Open(Directory.CreateTempSubdirectory("cluster-").FullName, isEphemeral: true)
        : Open(options.DataDirectory ?? DefaultPath(ProjectDirectory.Path), isEphemeral: false);

    /// <summary>A password or key, drawn when it is asked for the first time: 32 random bytes as 43 characters that need no escaping.</summary>
    public string Secret(string name)
    {
        var file = System.IO.Path.Combine(Subfolder("secrets"), name);
        if (!File.Exists(file)) PrivateFile.Write(file, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));
        return File.ReadAllText(file);
    }

    /// <summary>The volume of a container whose data belongs to a folder, or to a cluster that is published.</summary>
    public static string Volume(DataFolder? data, string name) => data is null ? $"cluster-{name}" : $"cluster-aspire-{data.Id}-{name}";

    public string Subfolder(string name) => PrivateFile.CreateDirectory(System.IO.Path.Combine(Path, name));

    /// <summary>The port that was given to a server last; null for none.</summary>
    public int? Port(string name)
    {
        var file = System.IO.Path.Combine(Subfolder("ports"), name);
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;
    }

    /// <summary>The ports that servers had last, by name.</summary>
    public IReadOnlyList<(string Name, int Port)> Ports() =>
    [
        .. Directory.EnumerateFiles(Subfolder("ports"))
            .Select(file => (Name: System.IO.Path.GetFileName(file), Port: Port(System.IO.Path.GetFileName(file))))
            .Where(kept => kept.Port is not null)
            .Select(kept => (kept.Name, kept.Port!.Value))
            .Order(),
    ];

    public void KeepPort(string name, int port)
        => PrivateFile.Write(System.IO.Path.Combine(Subfolder("ports"), name), port.ToString(CultureInfo.InvariantCulture));

    public void Dispose()
    {
        _lock.Dispose();
        if (IsEphemeral && Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }

    internal static DataFolder Open(string path, bool isEphemeral)
    {
        try
        {
            PrivateFile.CreateDirectory(path);
            CheckFormat(path);
            return new DataFolder(path, isEphemeral, Lock(path));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new AppHostException($"data folder {path}: {e.Message}");
        }
    }

    private static void CheckFormat(string path)
    {
        var file = System.IO.Path.Combine(path, "format");
        if (!File.Exists(file))
        {
            if (Directory.EnumerateFileSystemEntries(path).Any())
                throw new AppHostException($"data folder {path}: holds something that is no cluster's data; name an empty or a new one with --data-dir");
            PrivateFile.Write(file, Format);
        }
        else if (File.ReadAllText(file).Trim() is var format && format != Format)
        {
            throw new AppHostException($"data folder {path}: is of version '{format}', and this app host reads version {Format}; name another with --data-dir");
        }
    }

    private static FileStream Lock(string path)
    {
        var file = System.IO.Path.Combine(path, "lock");
        try
        {
            var held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            held.SetLength(0);
            held.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            held.Flush();
            return held;
        }
        catch (IOException)
        {
            throw new AppHostException($"data folder {path}: is in use by another app host; "
                + "stop that one, or name another folder with --data-dir, or start with --ephemeral");
        }
    }
}
