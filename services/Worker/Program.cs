using Cluster.ServiceDefaults;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Messaging;
using Cluster.Worker;

return await ServiceProgram.RunAsync(() =>
{
    var builder = ServiceProgram.CreateBuilder(args);
    builder.AddServiceDefaults("worker");
    builder.AddWorkers(count: 1);
    builder.AddClusterBus(WorkerServices.AddConsumers);

    var app = builder.Build();
    app.MapServiceDefaults();
    return app;
});
