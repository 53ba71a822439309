using Cluster.AppHost.Servers;

namespace Cluster.Support.Servers;

/// <summary>
/// Wraps a program so that it cannot outlive the process that started it, even when that one is killed with SIGKILL.
/// </summary>
/// <remarks>
/// Standard input of the child is a pipe whose other end its parent holds and never writes to. A watcher shell reads it:
/// the kernel closes the parent's end however the parent dies, the watcher sees the end of the file, kills the program,
/// removes its data directory and then the rest of its process group. The program itself replaces the shell that started
/// the watcher, so that its process id is the one the parent knows; both are in a session of their own, so that the
/// terminal's Ctrl+C reaches the parent alone.
/// </remarks>
public static class Lifeline
{
    // $1: a directory to remove when the parent is gone, or nothing; the rest: the program and its arguments.
    private const string Watch = """
        exec 3<&0
        data=$1; shift
        { trap '' HUP INT TERM
          read -r _ <&3
          kill -KILL $$
          [ -z "$data" ] || rm -rf -- "$data"
          kill -KILL -$$
        } </dev/null >/dev/null 2>&1 &
        exec "$@" </dev/null 3<&-
        """;

    /// <summary>The command line that starts the program under watch.</summary>
    public static IReadOnlyList<string> Wrap(string program, IEnumerable<string> arguments, string? dataDirectory) =>
        [.. NewSession(), "/bin/sh", "-c", Watch, "lifeline", dataDirectory ?? "", program, .. arguments];

    // Linux distributions have setsid in util-linux; macOS has none, but Perl.
    private static string[] NewSession() =>
        ServerPrograms.Find("setsid") is { } setsid
            ? [setsid]
            : [ServerPrograms.Find("perl") ?? "perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV or die"];
}
