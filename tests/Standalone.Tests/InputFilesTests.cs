using System.IO.Compression;
using System.Text;
using Cluster.Cli;
using Cluster.Client;
using Cluster.Client.Discovery;
using Cluster.Contracts.Jobs;
using Cluster.Standalone.Embedded;
using Cluster.Storage.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.Standalone.Tests;

/// <summary>Files that are not what their user means, through the commands: one line that says what to do, exit code 2, nothing of them stays.</summary>
public sealed class InputFilesTests(InputFilesTests.Fixture embedded) : IClassFixture<InputFilesTests.Fixture>
{
    private const string Convert = "convert the file, for example with: iconv -f ISO-8859-1 -t UTF-8";
    private const string NotWhole = "the file is not one whole gzip file: it ends early, is damaged, has bytes behind its end, or has several parts";
    private const string Csv = "--label y";
    private const string LibSvm = "--format libsvm --features 2";

    private static readonly byte[] Images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4], Labels = [0, 0, 8, 1, 0, 0, 0, 2, 1, 0];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Csv, "x,y\n1,2\n3,4\n\0,\n5,6\n", "row 4 has a NUL: byte 13 of the file is 0x00; it is damaged, or no text")]
    [InlineData(Csv, "x,y\n1\0\0\0,2\n", "row 2 has a NUL: byte 6 of the file is 0x00; it is damaged, or no text")]
    [InlineData(LibSvm, "1 1:2\0 2:3\n", "row 1, pair 1: '2\\u0000' is not a number")]
    [InlineData(Csv, "x,y\n1,2\n\"\"\n", "row 3 has 1 columns, the header 2")]
    [InlineData(Csv, "höhe,hähe,y\n1,2,3\n", "row 1 is not UTF-8: byte 2 of the file is 0xf6; " + Convert)]
    [InlineData("--label 5", "5.1,3.5,1.4,0.2,0\n4.9,3.0,1.3,0.1,0\n",
        "row 1 has numbers and no names: '5.1', '3.5', '1.4' and 2 more; say --no-header if the file has no header, else give the columns other names")]
    [InlineData("--label 1", "x,1\n1,2\n", "the label '1' is the name of column 2 and the number of column 1, 'x'; say that column's name, or give the other "
        + "one a name that is no number")]
    [InlineData(Csv, "x,y\u00c2\u00a0z\n1,2\n", @"there is no column 'y' for the label; the columns are 'x', 'y\u00a0z'")]
    public async Task Add_TextThatIsNotWhatIsMeant_IsRefused(string options, string latin1, string expected)
    {
        // A byte a character, so that bytes of any value can be written down.
        var bytes = Encoding.Latin1.GetBytes(latin1);

        await AssertRefusedAsync(bytes, options, expected);
        await AssertRefusedAsync(Gzip(bytes), options, expected);
    }

    [Theory]
    [InlineData(Csv)]
    [InlineData(LibSvm)]
    public async Task Add_OtherUnicodeOrBrokenCompression_IsRefused(string options)
    {
        byte[] content = Encoding.UTF8.GetBytes(options == Csv ? "x,y\n1,2\n" : "1 1:2\n"), packed = Gzip(content), changed = Gzip(content);
        changed[^8] ^= 1;

        await AssertRefusedAsync([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("x,y\n1,2\n")], options,
            "the file begins with the byte order mark of UTF-16; convert it to UTF-8, for example with: iconv -f UTF-16 -t UTF-8");
        await AssertRefusedAsync(packed[..^4], options, NotWhole);
        await AssertRefusedAsync([.. packed, .. new byte[10]], options, NotWhole);
        await AssertRefusedAsync([.. packed, .. packed], options, NotWhole);
        await AssertRefusedAsync(changed, options, "the file is damaged: its gzip checksum is ");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Add_IdxWithBrokenCompression_NamesTheFile(bool isUri)
    {
        byte[] packed = Gzip(Images), changed = Gzip(Images);
        changed[^8] ^= 1;
        (byte[], string)[] cases = [(packed[..^4], NotWhole), ([.. packed, 0], NotWhole), ([.. packed, .. packed], NotWhole),
            (changed, "the file is damaged: its gzip checksum is ")];
        foreach (var (images, reason) in cases)
        {
            var beginning = isUri ? $"--data: file:images: images: {reason}" : $"--data: {embedded.Path("images")}: {reason}";
            Assert.StartsWith(beginning, await RefusedPairAsync(images, Labels, isUri), StringComparison.Ordinal);
        }

        var expected = isUri ? $"--data: file:images: labels: {NotWhole}" : $"--labels: {embedded.Path("labels")}: {NotWhole}";
        Assert.Equal(expected, await RefusedPairAsync(Images, Gzip(Labels)[..^1], isUri));
    }

    [Fact]
    public async Task Add_WholeCompressedFiles_AreTaken()
    {
        string csv = embedded.Write("whole.csv.gz", Gzip("x,y\n1,2\n3,4\n"u8.ToArray())), labels = embedded.Write("labels", Gzip(Labels)),
            images = embedded.Write("images", Gzip(Images));

        Assert.Equal(0, (await embedded.RunAsync("data", "add", "whole", csv, "--label", "y")).ExitCode);
        Assert.Equal(0, (await embedded.RunAsync("data", "add", "whole-pair", images, "--labels", labels)).ExitCode);

        foreach (var name in (string[])["whole", "whole-pair"]) Assert.Equal(2, (await embedded.Client.RemoveDataAsync(name, Token)).Rows);
    }

    /// <summary>One line for each record behind the header, or none of the file from the row on that is named.</summary>
    [Theory]
    [InlineData("x\n1\n2\n3\n", 4, "")]
    [InlineData("\uFEFFx\r\n1\r\n2", 3, "")]
    [InlineData("x\n", 1, "")]
    [InlineData("x", 1, "")]
    [InlineData("x\n1\n\n3\n", 0, "row 3 is an empty line, for which there is no prediction; take it out")]
    [InlineData("x\n1\n\"\"\n3\n", 0, "row 3, column 1 ('x'): the value is missing")]
    [InlineData("x\n1\n\0\n3\n", 0, "row 3 has a NUL: byte 5 of the file is 0x00; it is damaged, or no text")]
    [InlineData("", 0, "the file is empty: expected was a header")]
    [InlineData("1\n2\n", 0, "the file has no column 'x', by which the model was trained; row 1 has numbers and no names: say --no-header if the file has no "
        + "header")]
    public async Task Predict_AnyFile_IsALineARecordOrRefused(string text, int lines, string refusal)
    {
        foreach (var bytes in (byte[][])[Encoding.UTF8.GetBytes(text), Gzip(Encoding.UTF8.GetBytes(text))])
        {
            string file = embedded.Write("new.csv", bytes), target = embedded.Path("predicted.csv");
            var printed = await embedded.RunAsync("predict", "--model", embedded.Model, "--data", file);
            var written = await embedded.RunAsync("predict", "--model", embedded.Model, "--data", file, "--out", target);

            Assert.Equal((refusal.Length > 0 ? 2 : 0, printed.ExitCode), (printed.ExitCode, written.ExitCode));
            if (refusal.Length > 0)
            {
                Assert.Equal($"--data: {file}: {refusal}\n", written.Error);
                Assert.False(File.Exists(target));
                continue;
            }

            Assert.StartsWith("prediction\n", printed.Output, StringComparison.Ordinal);
            Assert.Equal(lines, printed.Output.Count(c => c == '\n'));
            Assert.Equal(printed.Output, (await File.ReadAllTextAsync(target, Token)).ReplaceLineEndings("\n"));
            File.Delete(target);
        }
    }

    [Fact]
    public async Task Predict_BrokenCompression_IsRefused()
    {
        var packed = Gzip("x\n1\n"u8.ToArray());
        foreach (var bytes in (byte[][])[packed[..^4], [.. packed, 0], [.. packed, .. packed]])
        {
            var run = await embedded.RunAsync("predict", "--model", embedded.Model, "--data", embedded.Write("new.csv.gz", bytes), "--out",
                embedded.Path("predicted.csv"));
            Assert.Equal((2, $"--data: {embedded.Path("new.csv.gz")}: {NotWhole}\n"), (run.ExitCode, run.Error));
        }
    }

    private async Task AssertRefusedAsync(byte[] bytes, string options, string expected)
    {
        var file = embedded.Write("refused", bytes);
        foreach (var source in (string[])[file, "file:refused"])
        {
            // A training reads CSV alone.
            string[][] commands = [["data", "add", "refused", source], ["train", "linear", "--data", source]];
            foreach (var command in options == LibSvm ? commands[..1] : commands)
            {
                var run = await embedded.RunAsync([.. command, .. options.Split(' ')]);

                Assert.Equal((2, ""), (run.ExitCode, run.Output));
                Assert.StartsWith($"--data: {source}: {expected}", Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
                    StringComparison.Ordinal);
            }
        }

        Assert.DoesNotContain(await embedded.Client.ListDataAsync(Token), set => set.Name == "refused");
    }

    private async Task<string> RefusedPairAsync(byte[] images, byte[] labels, bool isUri)
    {
        string first = embedded.Write("images", images), second = embedded.Write("labels", labels);
        var run = await embedded.RunAsync("data", "add", "pair", isUri ? "file:images" : first, "--labels", isUri ? "file:labels" : second);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        return Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        // The runtime writes nothing at all where there is nothing.
        if (content.Length == 0) return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(content);
        return packed.ToArray();
    }

    /// <summary>An embedded cluster that reads files of one folder, and has a model of one feature, <c>x</c>.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("input-files").FullName;
        private EmbeddedCluster _cluster = null!;

        public ClusterClient Client { get; private set; } = null!;

        public string Model { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            _cluster = await EmbeddedCluster.StartAsync(
                new EmbeddedClusterOptions
                {
                    Workers = 1,
                    Configure = services =>
                services.Configure<DataSourceOptions>(options => options.Roots.Add(_folder))
                }, Token);
            Client = ClusterClient.Connect(_cluster.Connection);
            var data = await Client.LoadDataAsync(new MemoryStream("x,y\n1,2\n2,4\n"u8.ToArray()), "y", cancellationToken: Token);
            Model = (await Client.TrainAsync(new TrainingSpec { Data = data.Id, Label = "y", Epochs = 1, LearningRate = 0.1f },
                cancellationToken: Token)).JobId;
        }

        public string Path(string name) => System.IO.Path.Combine(_folder, name);

        public string Write(string name, byte[] content)
        {
            File.WriteAllBytes(Path(name), content);
            return Path(name);
        }

        public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
        {
            using StringWriter output = new(), error = new();
            var host = new CommandLineHost
            {
                Output = output,
                Error = error,
                Lookup = new ClusterLookup(
                    name => name == ClusterLookup.AddressVariable
                    ? $"{_cluster.Connection.Address}"
                    : name == ClusterLookup.KeyVariable ? _cluster.Connection.Key : null, () => []),
            };
            var exitCode = await ClusterCommandLine.RunAsync(arguments, host, Token).WaitAsync(TimeSpan.FromSeconds(40), Token);
            return (exitCode, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
        }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await _cluster.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
