using System.Globalization;
using Cluster.AppHost.Data;

namespace Cluster.AppHost.Servers;

/// <summary>Files and environment of a RabbitMQ node of its own, every listener on loopback.</summary>
/// <param name="Directory">Where all of it lies.</param>
/// <param name="Port">AMQP.</param>
/// <param name="DistributionPort">Erlang's distribution.</param>
/// <param name="MapperPort">Erlang's port mapper.</param>
internal sealed record RabbitMqNode(string Directory, int Port, int DistributionPort, int MapperPort)
{
    private string Home => Path.Combine(Directory, "home");

    private string Configuration => Path.Combine(Directory, "rabbitmq.conf");

    private string Plugins => Path.Combine(Directory, "enabled_plugins");

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["HOME"] = Home,
        // Every Erlang machine of the node, the short-lived ones of its scripts included. None starts a port mapper of its own where the
        // node's is not there yet, or any more: it would outlive the cluster.
        ["ERL_AFLAGS"] = "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["ERL_EPMD_PORT"] = Text(MapperPort),
        ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
        // The node's data goes by this name.
        ["RABBITMQ_NODENAME"] = "cluster@localhost",
        ["RABBITMQ_DIST_PORT"] = Text(DistributionPort),
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(Directory, "data"),
        ["RABBITMQ_LOG_BASE"] = Path.Combine(Directory, "log"),
        ["RABBITMQ_CONFIG_FILE"] = Configuration,
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Plugins,
        // Makes the script replace itself by the Erlang machine, which thereby takes our signals.
        ["RABBITMQ_ALLOW_INPUT"] = "1",
        ["RABBITMQ_SERVER_START_ARGS"] = "-noinput +B i",
        // Idle schedulers sleep instead of spinning beside the workers.
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+sbwt none +sbwtdcpu none +sbwtdio none",
    };

    /// <summary>Writes what the node reads at its start. The user's password counts at its first start only: RabbitMQ keeps it with its data.</summary>
    public void WriteFiles(string user, string password, string cookie)
    {
        PrivateFile.CreateDirectory(Home);
        WriteCookie(Path.Combine(Home, ".erlang.cookie"), cookie);
        PrivateFile.Write(Plugins, "[].\n");
        PrivateFile.Write(Configuration, $"""
            listeners.tcp.1 = 127.0.0.1:{Text(Port)}
            default_user = {user}
            default_pass = {password}
            vm_memory_high_watermark.relative = 0.4
            disk_free_limit.absolute = 64MB
            log.file = false
            log.console = true
            log.console.level = warning
            log.connection.level = error

            """);
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    // Erlang makes the file read-only once it has read it.
    private static void WriteCookie(string path, string cookie)
    {
        File.Delete(path);
        PrivateFile.Write(path, cookie);
    }
}
