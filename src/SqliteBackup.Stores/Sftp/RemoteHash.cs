using System.Security.Cryptography;
using System.Text;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace SqliteBackup.Stores.Sftp;

/// <summary>
/// Lets an SSH server hash a file of its own, which spares its way back. Many servers run no commands: then there is no hash, and the file is read.
/// </summary>
internal sealed class RemoteHash(SftpLogin login)
{
    // A smaller file is read back sooner than another connection is made.
    private const long MinBytes = 8 << 20;

    // What a slow disk reads in a second.
    private const long BytesInOneSecond = 16 << 20;

    private static readonly TimeSpan MaxAnswerTime = TimeSpan.FromSeconds(10);

    // By the processor's instructions, which the others may not use; of Linux; of macOS and Perl; of the BSDs.
    private static readonly string[] Programs = ["openssl dgst -sha256 -r", "sha256sum", "shasum -a 256", "sha256 -q"];

    private static readonly string HashOfNothing = UploadStream.Hex(SHA256.HashData([]));

    private string? _program;
    private bool _hasNone;

    /// <summary>The SHA-256 of a file in lower-case hexadecimal digits, or null where the server does not tell.</summary>
    /// <param name="path">The file, as SFTP has it. A server may show other files to commands: only the expected hash means something.</param>
    /// <param name="bytes">How long the file is.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public string? Find(string path, long bytes, CancellationToken cancellationToken)
    {
        if (_hasNone || bytes < MinBytes || !IsPlain(path))
        {
            return null;
        }

        try
        {
            using SshClient client = login.ConnectForCommands();
            _program ??= Programs.FirstOrDefault(program => Run(client, $"{program} < /dev/null", MaxAnswerTime, cancellationToken) == HashOfNothing);
            _hasNone = _program is null;
            return _program is null
                ? null
                : Run(client, $"{_program} < '{path}'", MaxAnswerTime + TimeSpan.FromSeconds(bytes / BytesInOneSecond), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested
            && exception is SshException or SqliteBackupException or System.Net.Sockets.SocketException or OperationCanceledException or InvalidOperationException or TimeoutException)
        {
            _hasNone = true;
            return null;
        }
    }

    private static string? Run(SshClient client, string text, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using SshCommand command = client.CreateCommand(text, Encoding.UTF8);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        Task run = command.ExecuteAsync(limit.Token);
        End(command);
        run.GetAwaiter().GetResult();
        string word = command.Result.Split(' ', 2)[0].Trim();
        return command.ExitStatus == 0 && word.Length == HashOfNothing.Length ? word : null;
    }

    // A server that starts something else in place of each command would wait for its input. The library tells an end after a byte only.
    private static void End(SshCommand command)
    {
        try
        {
            using Stream input = command.CreateInputStream();
            input.WriteByte((byte)'\n');
        }
        catch (Exception exception) when (exception is InvalidOperationException or SshException)
        {
            // It has ended already.
        }
    }

    // Between single quotes every shell takes all else for what it is. A quote or a backslash there means one thing to sh and another to fish.
    private static bool IsPlain(string path) => !path.Any(character => character is '\'' or '\\' || char.IsControl(character));
}
