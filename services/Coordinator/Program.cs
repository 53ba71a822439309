using Cluster.Coordinator;
using Cluster.ServiceDefaults;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Messaging;

return await ServiceProgram.RunAsync(() =>
{
    var builder = ServiceProgram.CreateBuilder(args);
    builder.AddServiceDefaults("coordinator");
    builder.AddCoordinator();
    builder.AddClusterBus(CoordinatorServices.AddConsumers);

    var app = builder.Build();
    app.MapServiceDefaults();
    app.MapCoordinator();
    return app;
});
