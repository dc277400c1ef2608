using System.Management.Automation;
using SqliteBackup.Parameters;

namespace SqliteBackup.Commands;

/// <summary>A command about files that a user names, by paths with wildcards or by literal ones. It does its work file by file.</summary>
public abstract class DatabaseCommand : ModuleCommand
{
    private PathResolver? _resolver;

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ObjectName("Backup", "FullName", "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public virtual string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName", "Backup")]
    [ValidateNotNullOrEmpty]
    public virtual string[] LiteralPath { get; set; } = [];

    private protected PathResolver Resolver => _resolver ??= new PathResolver(SessionState, WriteWarning);

    /// <summary>Whether the paths are taken as they are, without wildcards.</summary>
    private protected bool IsLiteral => ParameterSetName != "Path";

    /// <summary>Whether a path was written by the user for one file, rather than found by a pattern or an earlier command.</summary>
    private protected bool IsNamed(string path) => !MyInvocation.ExpectingInput && (IsLiteral || !WildcardPattern.ContainsWildcardCharacters(path));

    /// <summary>What the user, or an object from the pipeline, wrote.</summary>
    private protected virtual IEnumerable<string> Paths => IsLiteral ? LiteralPath : Path;

    protected override void ProcessRecord()
    {
        foreach (string path in Paths)
        {
            Try(null, () =>
            {
                foreach (string file in Resolve(path).TakeWhile(_ => !Stopping))
                {
                    Try(file, () => Process(file));
                }
            });
        }
    }

    /// <summary>The full paths that a path names.</summary>
    /// <exception cref="SqliteBackupException">It names nothing, or something of another kind.</exception>
    private protected virtual IEnumerable<string> Resolve(string path) => Resolver.ResolveDatabases(path, IsLiteral);

    /// <summary>Does the command's work on one of them.</summary>
    /// <exception cref="SqliteBackupException">It failed.</exception>
    private protected abstract void Process(string file);
}
