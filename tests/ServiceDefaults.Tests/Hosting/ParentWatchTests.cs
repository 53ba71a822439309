using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cluster.ServiceDefaults.Tests.Hosting;

public sealed class ParentWatchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_ParentIsKilled_EndsTheHost()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in for the runner is a Unix program");
        using var parent = Process.Start("sleep", "600");
        try
        {
            await using var app = TestHost.Build(("CLUSTER_PARENT_PID", $"{parent.Id}"));
            await app.StartAsync(_ct);
            var stopping = Stopping(app.Services);
            Assert.False(stopping.IsCompleted);

            parent.Kill();
            await stopping.WaitAsync(Limit, _ct);
        }
        finally
        {
            parent.Kill();
        }
    }

    [Fact]
    public async Task Run_ParentEndedBefore_EndsTheHost()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in for the runner is a Unix program");
        using var parent = Process.Start("true");
        await parent.WaitForExitAsync(_ct).WaitAsync(Limit, _ct);

        await using var app = TestHost.Build(("CLUSTER_PARENT_PID", $"{parent.Id}"));
        var stopping = Stopping(app.Services);
        try
        {
            await app.StartAsync(_ct);
        }
        catch (OperationCanceledException) when (!_ct.IsCancellationRequested)
        {
            // It was told to stop before it had started.
        }

        await stopping.WaitAsync(Limit, _ct);
    }

    [Fact]
    public async Task Start_ParentIsNoNumber_NamesVariableAndValue()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var app = TestHost.Build(("CLUSTER_PARENT_PID", "12x"));
            await app.StartAsync(_ct);
        });
        Assert.StartsWith("CLUSTER_PARENT_PID: 12x: ", error.Message, StringComparison.Ordinal);
    }

    private static Task Stopping(IServiceProvider services)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        return stopping.Task;
    }
}
