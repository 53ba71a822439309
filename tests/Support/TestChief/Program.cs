using Cluster.Coordinator;
using Cluster.Models;
using Cluster.ServiceDefaults;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Messaging;
using Cluster.TestChief;
using Cluster.TestModels;

FaultPoint.Arm();
return await ServiceProgram.RunAsync(() =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults("coordinator");
    builder.AddCoordinator();
    builder.Services.AddModel<CountingModelFactory>().AddModel<FaultyModelFactory>();
    builder.AddClusterBus(CoordinatorServices.AddConsumers);

    var app = builder.Build();
    app.MapServiceDefaults();
    app.MapCoordinator();
    return app;
});
