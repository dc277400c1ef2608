using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace SqliteBackup.Sql;

/// <summary>
/// Writes reals so that SQLite reads them back to their last bit. Versions before 3.43 compute with long doubles and round their result once
/// more, so fifteen digits are written only where neither rounding comes near the middle between two reals. What needs more gets nineteen,
/// which differ from the real by less than a fiftieth of the distance to there.
/// </summary>
internal sealed class RealText
{
    /// <summary>The most bytes that one takes, <see cref="Exact"/> ones aside.</summary>
    public const int MaxBytes = 40;

    private const int Digits = 19;
    private const int MaxPlainDigits = 15;
    private const double LeastDecimal = 1e-280;
    private const double MaxDecimal = 1e280;
    private const int MaxPower = 320;

    private const ulong LeastOfDigits = 1_000_000_000_000_000_000;
    private const ulong DigitsOverShort = 10_000;

    // A long double has eleven bits more than a real, so it is a thousandth of half a real's last bit off.
    private const double OfHalf = 1 - (1.0 / 512);

    private static readonly double[] ExactPowers =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    // 10^k is about the factor, of 128 bits, times 2^exponent; made when it is first wanted.
    private readonly (UInt128 Factor, int Exponent)[] _powers = new (UInt128, int)[(2 * MaxPower) + 1];

    /// <summary>Writes a real.</summary>
    /// <param name="value">Any but NaN, which SQLite does not store.</param>
    /// <param name="target">At least <see cref="MaxBytes"/>.</param>
    /// <returns>How many bytes; 0 where only <see cref="Exact"/> will do.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Write(double value, Span<byte> target)
    {
        if (double.IsInfinity(value))
        {
            return Copy(value > 0 ? "1e999"u8 : "-1e999"u8, target);
        }

        if (value == 0)
        {
            return Copy(double.IsNegative(value) ? "-0.0"u8 : "0.0"u8, target);
        }

        double size = Math.Abs(value);
        if (size is < LeastDecimal or > MaxDecimal)
        {
            return 0;
        }

        (ulong digits, int scale) = Round(size);
        (ulong few, int fewScale) = WithoutZeros((digits + (DigitsOverShort / 2)) / DigitsOverShort, scale - 4);
        if (IsReadAs(size, few, fewScale))
        {
            (digits, scale) = (few, fewScale);
        }

        int at = 0;
        if (value < 0)
        {
            target[at++] = (byte)'-';
        }

        return at + Format(digits, scale, target[at..]);
    }

    /// <summary>An integer times a power of two: every step is exact, without decimals.</summary>
    public static string Exact(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        (ulong mantissa, int power) = Parts(Math.Abs(value));
        var text = new StringBuilder(bits < 0 ? "-" : "").Append(System.Globalization.CultureInfo.InvariantCulture, $"({mantissa}.0");
        char operation = power < 0 ? '/' : '*';
        for (int left = Math.Abs(power); left > 0; left -= 62)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{operation}{1L << Math.Min(left, 62)}.0");
        }

        return text.Append(')').ToString();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (ulong Mantissa, int Power) Parts(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        ulong fraction = (ulong)bits & 0xFFFFFFFFFFFFF;
        int exponent = (int)((bits >> 52) & 0x7FF);
        return (exponent == 0 ? fraction : fraction | (1UL << 52), Math.Max(exponent, 1) - 1075);
    }

    // Whether digits over 10^scale, which are one exact step away from the real, are read as it, also where that step is rounded twice.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool IsReadAs(double value, ulong digits, int scale)
    {
        double half = Math.Min(Math.BitIncrement(value) - value, value - Math.BitDecrement(value)) / 2;
        if (scale is >= 0 and <= 22)
        {
            double power = ExactPowers[scale];
            return digits / power == value && Math.Abs(Math.FusedMultiplyAdd(-value, power, digits)) <= half * power * OfHalf;
        }

        return scale is < 0 and >= -22
            && digits * ExactPowers[-scale] == value
            && Math.Abs(Math.FusedMultiplyAdd(digits, ExactPowers[-scale], -value)) <= half * OfHalf;
    }

    // The integer of 19 digits that, divided by 10^scale, is nearest to the value.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (ulong Digits, int Scale) Round(double value)
    {
        (ulong mantissa, int power) = Parts(value);
        int shift = BitOperations.LeadingZeroCount(mantissa);
        mantissa <<= shift;
        int scale = Digits - 1 - (int)Math.Floor(Math.Log10(value));
        while (true)
        {
            (UInt128 factor, int exponent) = Power(scale);
            UInt128 product = ((UInt128)mantissa * (ulong)(factor >> 64)) + (((UInt128)mantissa * (ulong)factor) >> 64);
            int drop = -(64 + exponent + power - shift);
            ulong digits = (ulong)(((product >> (drop - 1)) + 1) >> 1);
            if (digits is >= LeastOfDigits and < LeastOfDigits * 10)
            {
                return (digits, scale);
            }

            scale += digits < LeastOfDigits ? 1 : -1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (UInt128 Factor, int Exponent) Power(int of)
    {
        ref (UInt128 Factor, int Exponent) power = ref _powers[of + MaxPower];
        if (power.Factor == 0)
        {
            var ten = BigInteger.Pow(10, Math.Abs(of));
            int bits = (int)ten.GetBitLength();
            int exponent = of >= 0 ? bits - 128 : -bits - 127;
            BigInteger factor = of < 0 ? (BigInteger.One << -exponent) / ten : exponent > 0 ? ten >> exponent : ten << -exponent;

            // One over a number just above a power of two has a bit more than its neighbours.
            int excess = (int)factor.GetBitLength() - 128;
            power = excess > 0 ? ((UInt128)(factor >> excess), exponent + excess) : ((UInt128)factor, exponent);
        }

        return power;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (ulong Digits, int Scale) WithoutZeros(ulong digits, int scale)
    {
        while (digits % 10 == 0)
        {
            digits /= 10;
            scale--;
        }

        return (digits, scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Format(ulong digits, int scale, Span<byte> target)
    {
        Span<byte> text = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(digits, text, out int length);
        text = text[..length];
        int point = length - scale;
        int at = 0;
        if (point is > MaxPlainDigits or < -3)
        {
            target[at++] = text[0];
            target[at++] = (byte)'.';
            at += Copy(length > 1 ? text[1..] : "0"u8, target[at..]);
            target[at++] = (byte)'e';
            _ = Utf8Formatter.TryFormat(point - 1, target[at..], out int written);
            return at + written;
        }

        if (point <= 0)
        {
            at += Copy("0."u8, target);
            at += Zeros(-point, target[at..]);
            return at + Copy(text, target[at..]);
        }

        at += Copy(text[..Math.Min(point, length)], target);
        at += Zeros(point - length, target[at..]);
        target[at++] = (byte)'.';
        return at + Copy(point < length ? text[point..] : "0"u8, target[at..]);
    }

    private static int Zeros(int count, Span<byte> target)
    {
        target[..Math.Max(count, 0)].Fill((byte)'0');
        return Math.Max(count, 0);
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> target)
    {
        text.CopyTo(target);
        return text.Length;
    }
}
