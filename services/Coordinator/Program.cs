using Cluster.Coordinator;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("coordinator");
builder.AddCoordinator();
builder.AddClusterBus(CoordinatorServices.AddConsumers);

var app = builder.Build();
app.MapServiceDefaults();
app.MapCoordinator();
app.Run();
