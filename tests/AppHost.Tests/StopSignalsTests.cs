using Cluster.LocalHosting.Running;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.AppHost.Tests;

public sealed class StopSignalsTests
{
    [Fact]
    public void Signal_EchoOfTheFirst_StopsOnceAndDoesNotAbort()
    {
        var (time, stopped, aborted) = (new FakeTimeProvider(), 0, 0);
        using var signals = new StopSignals(time, () => stopped++, () => aborted++);

        signals.Signal();
        time.Advance(TimeSpan.FromMilliseconds(100));
        signals.Signal();

        Assert.Equal((1, 0), (stopped, aborted));
    }

    [Fact]
    public void Signal_AgainLater_Aborts()
    {
        var (time, stopped, aborted) = (new FakeTimeProvider(), 0, 0);
        using var signals = new StopSignals(time, () => stopped++, () => aborted++);

        signals.Signal();
        time.Advance(TimeSpan.FromSeconds(1));
        signals.Signal();

        Assert.Equal((1, 1), (stopped, aborted));
    }
}
