using Org.BouncyCastle.Crypto.Generators;

namespace SqliteBackup.Repository.Sealing;

/// <summary>A key that a password stands for, by scrypt (RFC 7914).</summary>
/// <param name="N">Its cost: a power of two.</param>
/// <param name="R">Its block size.</param>
/// <param name="P">Its parallelization.</param>
internal sealed record PasswordKey(int N, int R, int P)
{
    // What a stranger's key file may cost us: a gigabyte of memory.
    private const long MaxMemory = 1L << 30;

    /// <summary>What new keys cost: 32 MiB and a few hundred milliseconds, as restic's own do.</summary>
    public static PasswordKey Default { get; } = new(32768, 8, 1);

    /// <summary>Whether scrypt takes these values, and so does this machine.</summary>
    public bool IsSound => N > 1 && (N & (N - 1)) == 0 && R is > 0 and <= 64 && P is > 0 and <= 64 && Memory <= MaxMemory;

    private long Memory => 128L * N * R;

    /// <summary>Derives the key.</summary>
    /// <param name="password">The password's bytes in UTF-8.</param>
    /// <param name="salt">The key file's salt.</param>
    public MasterKey Derive(ReadOnlySpan<byte> password, byte[] salt) =>
        MasterKey.FromBytes(SCrypt.Generate(password.ToArray(), salt, N, R, P, MasterKey.Size));
}
