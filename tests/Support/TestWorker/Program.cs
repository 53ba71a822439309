using Cluster.Models;
using Cluster.ServiceDefaults;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Messaging;
using Cluster.TestModels;
using Cluster.TestWorker;
using Cluster.Worker;

return await ServiceProgram.RunAsync(() =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults("worker");
    builder.AddWorkers(count: 1);
    builder.Services.AddComputation<PoisonComputation>();
    builder.Services.AddModel<CountingModelFactory>().AddModel<FaultyModelFactory>();
    builder.AddClusterBus(WorkerServices.AddConsumers);

    var app = builder.Build();
    app.MapServiceDefaults();
    return app;
});
