namespace Cluster.AppHost.CommandLine;

/// <summary>Exit codes of the app host.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int WrongOption = 2;
    public const int NoServers = 3;
}
