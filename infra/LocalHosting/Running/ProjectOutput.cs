namespace Cluster.LocalHosting.Running;

/// <summary>Finds what was built of a project of this solution, in the configuration in which the runner was built.</summary>
/// <remarks>
/// Build outputs lie in <c>artifacts/bin/PROJECT/CONFIGURATION/Cluster.PROJECT.dll</c>, the runner's own too; so the
/// search starts at the runner and depends neither on the working directory nor on the place of the sources.
/// </remarks>
internal static class ProjectOutput
{
    /// <exception cref="LocalHostingException">The project has not been built; the message names the missing file.</exception>
    public static string Find(string projectPath) => Find(AppContext.BaseDirectory, projectPath);

    public static string Find(string runnerDirectory, string projectPath)
    {
        var runner = new DirectoryInfo(Path.TrimEndingDirectorySeparator(runnerDirectory));
        var outputs = runner.Parent?.Parent?.FullName
            ?? throw new LocalHostingException($"{runnerDirectory} is not a build output of this solution");
        var project = Path.GetFileNameWithoutExtension(projectPath);
        var assembly = Path.Combine(outputs, project, runner.Name, $"Cluster.{project}.dll");
        return File.Exists(assembly)
            ? assembly
            : throw new LocalHostingException($"{project} has not been built: there is no {assembly}");
    }
}
