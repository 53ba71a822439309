using Grpc.AspNetCore.Server;
using Microsoft.Extensions.Options;

namespace Cluster.Coordinator.Access;

internal static class AccessServices
{
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddOptions<AccessOptions>().BindConfiguration(CoordinatorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SubmissionLimits>();
        services.AddOptions<GrpcServiceOptions>()
            .Configure<IOptions<AccessOptions>>((grpc, access) => grpc.MaxReceiveMessageSize = access.Value.MessageMaxBytes);
    }
}
