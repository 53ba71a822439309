using Cluster.Client.Errors;
using Cluster.Client.State;
using Cluster.Contracts.Security;

namespace Cluster.Client.Discovery;

/// <summary>
/// Finds the cluster to talk to. What is named comes first: an address (with the key in <c>CLUSTER_KEY</c>) or a state file;
/// then the variables <c>CLUSTER_ADDRESS</c> and <c>CLUSTER_STATE_FILE</c>, in this order; then the one cluster that this
/// user has running. For an address with <c>https://</c> the variables <c>CLUSTER_AUTHORITY_FILE</c>,
/// <c>CLUSTER_CERTIFICATE_FILE</c> and <c>CLUSTER_CERTIFICATE_KEY_FILE</c> name PEM files.
/// </summary>
public sealed class ClusterLookup
{
    public const string AddressVariable = "CLUSTER_ADDRESS";
    public const string KeyVariable = "CLUSTER_KEY";
    public const string StateFileVariable = "CLUSTER_STATE_FILE";

    /// <summary>Authorities that the coordinator's certificate may be of, instead of the system's.</summary>
    public const string AuthorityFileVariable = "CLUSTER_AUTHORITY_FILE";

    /// <summary>Certificate to show to a coordinator that asks for one.</summary>
    public const string CertificateFileVariable = "CLUSTER_CERTIFICATE_FILE";

    /// <summary>The certificate's key.</summary>
    public const string CertificateKeyFileVariable = "CLUSTER_CERTIFICATE_KEY_FILE";

    private readonly Func<string, string?> _environment;
    private readonly Func<IReadOnlyList<ClusterState>> _findLive;

    public ClusterLookup()
        : this(Environment.GetEnvironmentVariable, ClusterStateFile.FindLive)
    {
    }

    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="findLive">The running clusters of this user.</param>
    public ClusterLookup(Func<string, string?> environment, Func<IReadOnlyList<ClusterState>> findLive)
    {
        _environment = environment;
        _findLive = findLive;
    }

    /// <param name="address">Address of the coordinator, or null.</param>
    /// <param name="stateFile">Path of a runner's state file, or null.</param>
    /// <exception cref="ClusterNotFoundException">There is no cluster there, or none at all.</exception>
    /// <exception cref="ClusterSettingException">A setting is wrong, or several clusters run and none is named.</exception>
    public ClusterConnection Find(string? address = null, string? stateFile = null)
    {
        var found = FindPlain(address, stateFile);
        return found.Address.Scheme == Uri.UriSchemeHttps ? found with { Tls = ReadTls() } : found;
    }

    private ClusterConnection FindPlain(string? address, string? stateFile)
    {
        if (address is not null) return FromAddress("address", address);
        if (stateFile is not null) return FromStateFile(stateFile);
        if (Read(AddressVariable) is { } variableAddress) return FromAddress(AddressVariable, variableAddress);
        if (Read(StateFileVariable) is { } variableFile) return FromStateFile(variableFile);
        return FromLive(_findLive());
    }

    /// <summary>The cluster of a state file.</summary>
    /// <exception cref="ClusterNotFoundException">There is no such file, or it cannot be read.</exception>
    public static ClusterConnection FromStateFile(string path)
    {
        try
        {
            return FromState(path, ClusterStateFile.Read(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ClusterNotFoundException($"there is no state file {path}: its cluster has ended or never was; {ClusterUnavailableException.HowToStart}",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ClusterNotFoundException($"the state file {path} cannot be read: {e.Message}", e);
        }
    }

    private ClusterConnection FromAddress(string setting, string text)
    {
        if (!ClusterConnection.TryReadAddress(text, out var address))
            throw new ClusterSettingException(setting, text, ClusterConnection.AddressForm);

        var key = Read(KeyVariable) ?? throw new ClusterSettingException(KeyVariable, "not set", $"must hold the key of the cluster at {text}");
        if (!ClusterConnection.IsKey(key)) throw new ClusterSettingException(KeyVariable, "(not shown)", ClusterConnection.KeyForm);
        return new ClusterConnection(address, key);
    }

    private TlsCredentials ReadTls()
    {
        try
        {
            return TlsCredentials.Read(FileOf(AuthorityFileVariable), FileOf(CertificateFileVariable), FileOf(CertificateKeyFileVariable));
        }
        catch (PemFileException e)
        {
            throw new ClusterSettingException(e.Setting, e.Path, e.Reason);
        }

        TlsFile FileOf(string variable) => TlsFile.Of(variable, Read(variable));
    }

    private static ClusterConnection FromLive(IReadOnlyList<ClusterState> live) => live switch
    {
        [] => throw ClusterNotFoundException.NoneRuns(),
        [var one] => FromState(ClusterStateFile.DefaultPath(one.RunnerPid), one),
        _ => throw new ClusterSettingException("clusters", $"{live.Count} run here", $"name one with --state-file or {StateFileVariable}: {List(live)}"),
    };

    private static ClusterConnection FromState(string path, ClusterState state)
        => ClusterConnection.TryReadAddress(state.Coordinator, out var address) && ClusterConnection.IsKey(state.Key)
            ? new ClusterConnection(address, state.Key)
            : throw new ClusterNotFoundException($"the state file {path} holds no address and key of a coordinator");

    private static string List(IReadOnlyList<ClusterState> live)
        => string.Join(", ", live.Select(s => $"{ClusterStateFile.DefaultPath(s.RunnerPid)} ({s.Coordinator})"));

    private string? Read(string variable) => _environment(variable) is { Length: > 0 } value ? value : null;
}
