using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cluster.Contracts.Devices;

/// <summary>
/// The tasks of a cluster and their addresses, job name → task index → address; TensorFlow's <c>ClusterSpec</c>.
/// As JSON a job name maps to a list where its indices are 0, 1, 2, …, else to an object by index:
/// <c>{"chief":["10.0.0.1:5000"],"worker":{"1":"10.0.0.2:5000"}}</c>.
/// </summary>
public sealed class ClusterSpec
{
    private static readonly JsonDocumentOptions NoDuplicates = new() { AllowDuplicateProperties = false };

    private readonly SortedDictionary<string, SortedDictionary<int, string>> _tasks = new(StringComparer.Ordinal);

    public ClusterSpec(IEnumerable<(string JobName, int Task, string Address)> tasks)
    {
        foreach (var (jobName, task, address) in tasks)
        {
            if (task < 0) throw new ArgumentException($"task index {task} of job '{jobName}' is negative", nameof(tasks));
            if (!JobTasks(jobName).TryAdd(task, address)) throw new ArgumentException($"/job:{jobName}/task:{task} is given twice", nameof(tasks));
        }
    }

    public IEnumerable<string> JobNames => _tasks.Keys;

    /// <summary>Task index → address of one job name; empty where there is none.</summary>
    public IReadOnlyDictionary<int, string> Tasks(string jobName)
        => _tasks.TryGetValue(jobName, out var tasks) ? tasks : new SortedDictionary<int, string>();

    /// <exception cref="FormatException">The text is not JSON or not of this shape; the message names the place.</exception>
    public static ClusterSpec Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: NoDuplicates) is JsonObject jobs
                ? new ClusterSpec(jobs.SelectMany(job => ReadJob(job.Key, job.Value)))
                : throw new FormatException("cluster spec must be an object of job names");
        }
        catch (JsonException e)
        {
            throw new FormatException($"cluster spec is not JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // Texts are read when they are asked for: half of a surrogate pair, "\ud800", is found then.
            throw new FormatException($"cluster spec: a text in it is not Unicode: {e.Message}", e);
        }
    }

    public string ToJson()
    {
        var root = new JsonObject();
        foreach (var (jobName, tasks) in _tasks) root[jobName] = IsDense(tasks) ? WriteList(tasks) : WriteMap(tasks);
        return root.ToJsonString();
    }

    private SortedDictionary<int, string> JobTasks(string jobName)
        => _tasks.TryGetValue(jobName, out var tasks) ? tasks : _tasks[jobName] = [];

    private static IEnumerable<(string, int, string)> ReadJob(string jobName, JsonNode? tasks) => tasks switch
    {
        JsonArray list => list.Select((address, i) => (jobName, i, ReadAddress(jobName, $"[{i}]", address))),
        JsonObject map => map.Select(task => (jobName, ReadIndex(jobName, task.Key), ReadAddress(jobName, $"[\"{task.Key}\"]", task.Value))),
        _ => throw new FormatException($"cluster spec: job '{jobName}' must be a list of addresses or an object of task index to address"),
    };

    private static int ReadIndex(string jobName, string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && (text.Length == 1 || text[0] != '0')
            ? index
            : throw new FormatException($"cluster spec: task index '{text}' of job '{jobName}' is not a whole number from 0 to {int.MaxValue}");

    private static string ReadAddress(string jobName, string place, JsonNode? address)
        => address is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0
            ? text
            : throw new FormatException($"cluster spec: {jobName}{place} is not an address such as \"10.0.0.1:5000\"");

    private static bool IsDense(SortedDictionary<int, string> tasks) => tasks.Keys.Last() == tasks.Count - 1;

    private static JsonArray WriteList(SortedDictionary<int, string> tasks) => new([.. tasks.Values.Select(a => (JsonNode)a)]);

    private static JsonObject WriteMap(SortedDictionary<int, string> tasks)
        => new(tasks.Select(t => KeyValuePair.Create(t.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)t.Value)));
}
