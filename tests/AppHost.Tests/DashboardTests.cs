using System.Text.RegularExpressions;
using Cluster.AppHost.Tests.Processes;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Microsoft.Playwright;

namespace Cluster.AppHost.Tests;

/// <summary>Aspire's dashboard as a user sees it, in a real browser.</summary>
/// <remarks>Where <c>CLUSTER_PICTURES</c> names a folder, the pages are saved there as pictures: so docs/dashboard.png was made.</remarks>
[Collection(EphemeralAppHostTests.Name)]
public sealed partial class DashboardTests(EphemeralAppHost host)
{
    private const int TestLimit = 420_000;
    private const string Chromium = "/usr/bin/chromium";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact(Timeout = TestLimit)]
    public async Task Login_RunningCluster_ShowsHealthyResourcesAJobsTraceAndNoWarnings()
    {
        Assert.SkipUnless(File.Exists(Chromium), "chromium is not installed");
        var login = LoginLink().Match((await host.StartAsync(_ct)).Output).Value;
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1200, Height = 620 } });
        page.SetDefaultTimeout(60_000);

        await page.GotoAsync(login);
        foreach (var name in (string[])["redis", "messaging", "coordinator", "ps-0", "worker-"])
            await page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = name })
                .Filter(new LocatorFilterOptions { HasText = "Running" }).First.WaitForAsync();
        Assert.Equal(0, await page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "Unhealthy" }).CountAsync());
        await SavePictureAsync(page, "dashboard");

        await TrainAsync();
        var root = new Uri(login).GetLeftPart(UriPartial.Authority);
        await page.GotoAsync($"{root}/traces");
        await page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "worker" })
            .Filter(new LocatorFilterOptions { HasText = "ps-0" }).First.WaitForAsync();
        await SavePictureAsync(page, "traces");
        await OpenTraceAsync(page);
        foreach (var service in (string[])["coordinator", "worker", "ps-0"])
            await page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = service }).First.WaitForAsync();
        await SavePictureAsync(page, "trace");

        await page.GotoAsync($"{root}/structuredlogs?logLevel=warning");
        await page.GetByText("No structured logs found").First.WaitForAsync();
        await SavePictureAsync(page, "logs");
    }

    private async Task TrainAsync()
    {
        await using var cluster = host.Connect();
        var ended = await cluster.WaitAsync(
            (await cluster.SubmitAsync(new TrainingSpec { Mode = TrainingNames.Sync, Epochs = 500, LearningRate = 0.05f }, cancellationToken: _ct)).Id,
            cancellationToken: _ct);
        Assert.Equal(JobState.Succeeded, ended.State);
    }

    // The list is drawn anew as traces come in, and a click on what is just replaced is lost.
    private static async Task OpenTraceAsync(IPage page)
    {
        const int attempts = 12;
        for (var attempt = 1; ; attempt++)
        {
            await page.GetByText("coordinator: POST").First.ClickAsync();
            try
            {
                await page.WaitForURLAsync("**/traces/detail/**", new PageWaitForURLOptions { Timeout = 5_000, WaitUntil = WaitUntilState.Commit });
                return;
            }
            catch (TimeoutException) when (attempt < attempts)
            {
                // Once more.
            }
        }
    }

    private static async Task SavePictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("CLUSTER_PICTURES") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png") });
    }

    [GeneratedRegex(@"http://\S+/login\?t=[0-9a-f]+")]
    private static partial Regex LoginLink();
}
