using Cluster.ParameterStore;
using Cluster.ServiceDefaults;
using Cluster.ServiceDefaults.Hosting;

return await ServiceProgram.RunAsync(() =>
{
    var builder = ServiceProgram.CreateBuilder(args);
    builder.AddServiceDefaults("parameter-store");
    builder.AddParameterStores(count: 1);

    var app = builder.Build();
    app.MapServiceDefaults();
    app.MapParameterStore();
    return app;
});
