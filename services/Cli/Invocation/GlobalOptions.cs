using System.CommandLine;
using Cluster.Cli.Parsing;
using Cluster.Client;
using Cluster.Client.Discovery;
using Cluster.Client.Errors;

namespace Cluster.Cli.Invocation;

/// <summary>Options of every command.</summary>
internal sealed class GlobalOptions
{
    private readonly bool _isEmbedded;

    public GlobalOptions(CommandLineHost host)
    {
        _isEmbedded = host.EmbeddedCluster is not null;
        Address.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !ClusterConnection.TryReadAddress(text, out _))
                result.AddError($"--address: {text}: {ClusterConnection.AddressForm}");
        });
    }

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Write the result as one line of JSON, and nothing else to standard output.",
        Recursive = true,
    };

    public Option<string?> Address { get; } = new("--address")
    {
        Description = $"The coordinator's gRPC address; the key is read from {ClusterLookup.KeyVariable}. Else {ClusterLookup.AddressVariable}.",
        HelpName = "http://HOST:PORT",
        Recursive = true,
    };

    public Option<string?> StateFile { get; } = new("--state-file")
    {
        Description = $"State file of a running cluster. Else {ClusterLookup.StateFileVariable}, else the one cluster that you have running.",
        HelpName = "PATH",
        Recursive = true,
    };

    /// <summary>The cluster that the options, the environment or this user's running clusters name.</summary>
    public ClusterConnection Find(ParseResult parsed, ClusterLookup lookup)
    {
        var address = parsed.GetValue(Address);
        var stateFile = parsed.GetValue(StateFile);
        return address is null || stateFile is null
            ? lookup.Find(address, stateFile)
            : throw new ClusterSettingException("--state-file", stateFile, "cannot be given with --address");
    }

    public void AddTo(RootCommand root)
    {
        root.Options.Add(Json);
        if (_isEmbedded) return;

        root.Options.Add(Address);
        root.Options.Add(StateFile);
        FileNames.Require(StateFile);
    }
}
