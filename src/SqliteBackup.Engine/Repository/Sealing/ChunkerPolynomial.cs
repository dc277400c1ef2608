using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SqliteBackup.Repository.Sealing;

/// <summary>
/// The polynomial that restic cuts files with. We cut none, but a repository must have one that is irreducible and of degree 53 over GF(2),
/// or restic can't back up into it.
/// </summary>
internal static class ChunkerPolynomial
{
    private const int Degree = 53;

    /// <summary>A random one, its coefficients as bits.</summary>
    public static ulong CreateRandom()
    {
        Span<byte> random = stackalloc byte[8];
        while (true)
        {
            RandomNumberGenerator.Fill(random);
            ulong candidate = (BinaryPrimitives.ReadUInt64LittleEndian(random) & ((1UL << Degree) - 1)) | (1UL << Degree) | 1;
            if (IsIrreducible(candidate))
            {
                return candidate;
            }
        }
    }

    /// <summary>
    /// Whether a polynomial of degree 53 is irreducible, by Rabin's test. 53 is prime, so two conditions are left: x^(2^53) is x modulo it,
    /// and it has no divisor of degree one.
    /// </summary>
    public static bool IsIrreducible(ulong polynomial)
    {
        const ulong X = 2;
        ulong power = X;
        ulong first = 0;
        for (int i = 0; i < Degree; i++)
        {
            power = MultiplyModulo(power, power, polynomial);
            first = i == 0 ? power : first;
        }

        return power == X && GreatestCommonDivisor(polynomial, first ^ X) == 1;
    }

    private static ulong GreatestCommonDivisor(ulong a, ulong b)
    {
        while (b != 0)
        {
            (a, b) = (b, Modulo(a, b));
        }

        return a;
    }

    private static ulong Modulo(ulong a, ulong b)
    {
        for (int over = DegreeOf(a) - DegreeOf(b); over >= 0; over = DegreeOf(a) - DegreeOf(b))
        {
            a ^= b << over;
        }

        return a;
    }

    private static ulong MultiplyModulo(ulong a, ulong b, ulong modulus)
    {
        ulong product = 0;
        for (; b != 0; b >>= 1)
        {
            product ^= (b & 1) == 1 ? a : 0;
            a <<= 1;
            a ^= (a >> Degree) == 1 ? modulus : 0;
        }

        return product;
    }

    private static int DegreeOf(ulong polynomial) => 63 - int.CreateChecked(ulong.LeadingZeroCount(polynomial));
}
