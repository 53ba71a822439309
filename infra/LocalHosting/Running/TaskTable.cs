using System.Globalization;
using Cluster.Client.State;
using Spectre.Console;

namespace Cluster.LocalHosting.Running;

internal static class TaskTable
{
    private const int Width = 120;

    /// <summary>Tasks, processes and addresses; no secret.</summary>
    public static string Render(ClusterState state, bool colors)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("task", "pid", "addresses");
        foreach (var resource in state.Resources)
        {
            table.AddRow(
                Markup.Escape(resource.Instance),
                resource.Pid.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(string.Join("  ", resource.Endpoints.Select(endpoint => $"{endpoint.Key} {endpoint.Value}"))));
        }

        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colors ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colors ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = Width;
        console.Write(table);
        return text.ToString().TrimEnd();
    }
}
