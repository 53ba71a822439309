using Cluster.ServiceDefaults.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;

namespace Cluster.ServiceDefaults.Hosting;

/// <summary>Runs a service; what keeps it from starting is a line on standard error, not a stack trace.</summary>
public static class ServiceProgram
{
    private const int WrongSetting = 2;
    private const int CannotListen = 1;

    /// <summary>The builder of a service. Settings lie beside the program: a file of the same name in the caller's directory is not its own.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
        => WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

    /// <param name="build">Builds the service.</param>
    /// <returns>0 when it was told to stop, 1 when it failed or its port is taken, 2 for a wrong setting.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build)
    {
        try
        {
            await using var app = build();
            await app.RunAsync();
            return Environment.ExitCode;
        }
        catch (OptionsValidationException e)
        {
            return Fail(WrongSetting, [.. e.Failures]);
        }
        catch (Exception e) when (e is SettingException || IsUnreadableSetting(e))
        {
            return Fail(WrongSetting, e.Message);
        }
        catch (IOException e)
        {
            return Fail(CannotListen, e.Message);
        }
    }

    // A value that is not of its option's type.
    private static bool IsUnreadableSetting(Exception e) => e is InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" };

    private static int Fail(int exitCode, params string[] lines)
    {
        foreach (var line in lines) Console.Error.WriteLine(line.ReplaceLineEndings(" "));
        return exitCode;
    }
}
