namespace Cluster.AppHost.Data;

internal static class SecretParameters
{
    /// <summary>A secret that lies in the data folder when the model runs, and is generated where it is deployed.</summary>
    public static IResourceBuilder<ParameterResource> AddSecret(this IDistributedApplicationBuilder builder, string name, DataFolder? data) => data is null
        ? builder.AddParameter(name, new GenerateParameterDefault { MinLength = 43, Special = false }, secret: true)
        : builder.AddParameter(name, () => data.Secret(name), secret: true);
}
