using Cluster.LocalHosting.Processes;
using Cluster.LocalHosting.Running;

namespace Cluster.AppHost.Tests;

public sealed class OutputTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("one", new[] { "one" })]
    [InlineData("one\ntwo\r\n\nthree", new[] { "one", "two", "", "three" })]
    public async Task LinePump_Text_IsCutAtLineEnds(string text, string[] expected)
    {
        var lines = new List<string>();

        await LinePump.RunAsync(new StringReader(text), lines.Add);

        Assert.Equal(expected, lines);
    }

    [Fact]
    public async Task LinePump_EndlessLine_IsCutIntoBoundedOnes()
    {
        var lines = new List<string>();
        var text = new string('x', 3 * LinePump.MaxLine) + "\nlast";

        await LinePump.RunAsync(new StringReader(text), lines.Add);

        Assert.Equal("last", lines[^1]);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, LinePump.MaxLine));
        Assert.Equal(text.Length - 1, lines.Sum(line => line.Length));
    }

    [Fact]
    public async Task RunnerOutput_ManyTasksAtOnce_KeepsLinesWhole()
    {
        var text = new StringWriter();
        string[] tasks = ["worker-0", "worker-10", "redis"];
        await using (var output = new RunnerOutput(text, colors: false, tasks))
        {
            await Task.WhenAll(tasks.Select((task, index) => Task.Run(() =>
            {
                var print = output.For(task, index);
                for (var i = 0; i < 1000; i++)
                    print($"line {i} of {task}");
            })));
        }

        var lines = text.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Equal(3000, lines.Length);
        foreach (var task in tasks)
        {
            var own = lines.Where(line => line.StartsWith(task + " ", StringComparison.Ordinal));
            Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{task,-9} | line {i} of {task}"), own);
        }
    }

    [Fact]
    public async Task RunnerOutput_EscapeSequencesOfATask_AreRemoved()
    {
        var text = new StringWriter();
        await using (var output = new RunnerOutput(text, colors: false, ["redis"]))
            output.For("redis", 0)("\u001b[31mred\u001b[0m\u001b[2J text");

        Assert.Equal("redis   | red text", text.ToString().TrimEnd());
    }

    [Fact]
    public async Task RunnerOutput_Colors_SurroundThePrefixAlone()
    {
        var text = new StringWriter();
        await using (var output = new RunnerOutput(text, colors: true, ["redis"]))
            output.For("redis", 0)("text");

        Assert.Equal("\u001b[36mredis   | \u001b[0mtext", text.ToString().TrimEnd());
    }

    [Fact]
    public void StartupLog_Start_ShowsItsLinesOnlyWhenItFails()
    {
        var shown = new List<string>();
        var log = new StartupLog(shown.Add);

        log.Write("banner");
        log.Started();
        log.Write("warning");
        Assert.Equal(["warning"], shown);

        log.Starting();
        log.Write("address in use");
        log.Failed();
        Assert.Equal(["warning", "address in use"], shown);
    }
}
