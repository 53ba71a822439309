namespace Cluster.Support.Processes;

/// <summary>Finds what was built of a project of this solution, in the configuration in which this program was built.</summary>
/// <remarks>
/// Build outputs lie in <c>artifacts/bin/PROJECT/CONFIGURATION/Cluster.PROJECT.dll</c>, this program's own too; so the
/// search starts there and depends neither on the working directory nor on the place of the sources.
/// </remarks>
internal static class ProjectOutput
{
    /// <param name="projectPath">The project file, from the root of the repository.</param>
    public static string Find(string projectPath)
    {
        var own = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var project = Path.GetFileNameWithoutExtension(projectPath);
        var assembly = Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, $"Cluster.{project}.dll");
        return File.Exists(assembly) ? assembly : throw new FileNotFoundException($"{project} has not been built: there is no {assembly}");
    }
}
