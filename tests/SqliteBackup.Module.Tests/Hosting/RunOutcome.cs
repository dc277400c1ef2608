using System.Collections.ObjectModel;
using System.Management.Automation;

namespace SqliteBackup.ModuleTests.Hosting;

/// <summary>What a script wrote to each of its streams.</summary>
internal sealed class RunOutcome
{
    public RunOutcome(Collection<PSObject> output, PSDataStreams streams, Exception? terminating)
    {
        Output = output;
        Errors = [.. streams.Error];
        Warnings = [.. streams.Warning.Select(record => record.Message)];
        Verbose = [.. streams.Verbose.Select(record => record.Message)];
        Progress = [.. streams.Progress];
        Terminating = terminating;
    }

    public Collection<PSObject> Output { get; }

    public IReadOnlyList<ErrorRecord> Errors { get; }

    public IReadOnlyList<string> Warnings { get; }

    public IReadOnlyList<string> Verbose { get; }

    public IReadOnlyList<ProgressRecord> Progress { get; }

    /// <summary>What ended the script before its end, if anything did.</summary>
    public Exception? Terminating { get; }

    /// <summary>The one result of a script that has to go well.</summary>
    public PSObject Result
    {
        get
        {
            AssertClean();
            return Assert.Single(Output);
        }
    }

    public string Backup => Get<string>("Backup");

    public T Get<T>(string property) => (T)Result.Properties[property].Value;

    public void AssertClean()
    {
        Assert.Null(Terminating);
        Assert.Empty(Errors.Select(error => error.ToString()));
    }

    /// <summary>The one error of a script that has to fail with this id.</summary>
    public ErrorRecord AssertError(string id, string command = "Backup-SqliteDatabase")
    {
        Assert.Null(Terminating);
        ErrorRecord error = Assert.Single(Errors);
        Assert.Equal($"{id},SqliteBackup.Commands.{command.Replace("-", "", StringComparison.Ordinal)}Command", error.FullyQualifiedErrorId);
        return error;
    }

    /// <summary>An admin reads the message and nothing else: after what happened comes what to do.</summary>
    public static void AssertSaysWhatToDo(ErrorRecord error) =>
        Assert.Matches(@"(\. |: |; )(if |to )?(Check|Choose|Use|Name|Give|Raise|Try|Restore|Put|Free|End|Find|Move|Mount|Back|back)\b", error.Exception.Message);

    /// <summary>The message of a parameter that was refused, which ends the command.</summary>
    public string AssertRefused(string parameter)
    {
        ErrorRecord error = Assert.Single(Errors);
        Assert.IsAssignableFrom<ParameterBindingException>(error.Exception);
        Assert.Contains($"'{parameter}'", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(Output);
        return error.Exception.Message;
    }
}
