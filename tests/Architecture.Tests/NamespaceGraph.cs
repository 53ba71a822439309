namespace Cluster.Architecture.Tests;

/// <summary>Which namespace of a project uses which, by the imports of its files.</summary>
internal sealed class NamespaceGraph
{
    private readonly Dictionary<string, HashSet<string>> _uses = [];

    public NamespaceGraph(IReadOnlyCollection<SourceFile> files)
    {
        foreach (var file in files) _uses.TryAdd(file.Namespace, []);
        foreach (var file in files)
            _uses[file.Namespace].UnionWith(file.Imports.Select(Own).OfType<string>().Where(name => name != file.Namespace));
    }

    /// <summary>A way from a namespace back to itself, such as <c>A -> B -> A</c>; null where there is none.</summary>
    public string? Circle()
    {
        var finished = new HashSet<string>();
        return _uses.Keys.Order(StringComparer.Ordinal).Select(name => Circle(name, [], finished)).FirstOrDefault(circle => circle is not null);
    }

    private string? Circle(string name, List<string> way, HashSet<string> finished)
    {
        if (way.IndexOf(name) is >= 0 and var begin) return string.Join(" -> ", [.. way[begin..], name]);
        if (finished.Contains(name)) return null;
        way.Add(name);
        var circle = _uses[name].Order(StringComparer.Ordinal).Select(next => Circle(next, way, finished)).FirstOrDefault(found => found is not null);
        way.Remove(name);
        finished.Add(name);
        return circle;
    }

    // An import may name a type in a namespace, as "using static" does.
    private string? Own(string import)
        => _uses.Keys.Where(name => import == name || import.StartsWith(name + '.', StringComparison.Ordinal)).MaxBy(name => name.Length);
}
