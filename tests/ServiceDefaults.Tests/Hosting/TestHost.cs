using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Cluster.ServiceDefaults.Tests.Hosting;

/// <summary>A service with the defaults and nothing else. Its Redis is a port where nobody answers.</summary>
internal static class TestHost
{
    public const string Key = "a-key-of-a-test-cluster";

    public static WebApplication Build(params (string Name, string? Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = "127.0.0.1:1,password=none,connectRetry=0",
            ["CLUSTER_KEY"] = Key,
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => s.Value));
        builder.AddServiceDefaults("test");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapServiceDefaults();
        return app;
    }
}
