using System.ComponentModel.DataAnnotations;
using Cluster.ServiceDefaults.Hosting;

namespace Cluster.Storage.Sources;

/// <summary>What coordinator and workers read data from by themselves, section <c>Data</c>. Nothing by default.</summary>
public sealed class DataSourceOptions
{
    public const string Section = "Data";

    /// <summary>Folders under which <c>file:</c> sources lie, the same on the coordinator and on all workers; none by default.</summary>
    [MaxLength(64)]
    public IList<string> Roots { get; } = [];

    /// <summary>Hosts from which <c>http(s):</c> sources may come, <c>name</c> or <c>name:port</c>; none by default.</summary>
    [MaxLength(256)]
    public IList<string> Hosts { get; } = [];

    /// <summary>How long a download may take; 1 s to 1 day, default 30 min.</summary>
    [Within("00:00:01", "1.00:00:00")]
    public TimeSpan DownloadTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a server may be silent; 1 s to 10 min, default 30 s.</summary>
    [Within("00:00:01", "00:10:00")]
    public TimeSpan DownloadPatience { get; set; } = TimeSpan.FromSeconds(30);
}
