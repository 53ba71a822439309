using System.Collections;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Cluster.AppHost.Tests.Processes;

/// <summary>
/// A service that knows nothing of its runner but its address: /alive answers 200, /environment what it was told.
/// </summary>
internal static class TestService
{
    public const string IgnoreTerm = "--ignore-term";

    public static async Task<int> RunAsync(string[] flags)
    {
        using var term = flags.Contains(IgnoreTerm)
            ? PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true)
            : null;
        using var listener = new HttpListener();
        listener.Prefixes.Add(Environment.GetEnvironmentVariable("ASPNETCORE_URLS") + "/");
        listener.Start();
        Console.WriteLine("listening");
        while (true)
        {
            var context = await listener.GetContextAsync();
            try
            {
                await AnswerAsync(context);
            }
            catch (Exception e) when (e is HttpListenerException or IOException)
            {
                // A caller that went away while this machine was busy must not end the service.
            }
        }
    }

    private static async Task AnswerAsync(HttpListenerContext context)
    {
        if (context.Request.Url!.AbsolutePath == "/environment")
            await JsonSerializer.SerializeAsync(context.Response.OutputStream, Variables());
        context.Response.Close();
    }

    private static Dictionary<string, string> Variables() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
}
