using System.Text;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;
using SqliteBackup.Repository.Sealing;

namespace SqliteBackup.Engine.Tests.Repository;

public sealed class SealingTests
{
    [Fact]
    public void The_counter_cipher_is_that_of_SP_800_38A()
    {
        // F.5.5, CTR-AES256.Encrypt.
        using var cipher = new CounterCipher(Convert.FromHexString("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"));
        byte[] bytes = Convert.FromHexString(
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
        cipher.Apply(Convert.FromHexString("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"), bytes);
        Assert.Equal(
            "601EC313775789A5B7A7F504BBF3D228F443E3CA4D62B59ACA84E990CACAF5C52B0930DAA23DE94CE87017BA2D84988DDFC9C58DB67AADA613C2DD08457941A6",
            Convert.ToHexString(bytes));
    }

    [Fact]
    public void The_counter_carries_into_all_of_its_bytes()
    {
        using var cipher = new CounterCipher(new byte[32]);
        byte[] atOnce = new byte[20_000];
        cipher.Apply(Convert.FromHexString("00000000000000fffffffffffffffffe"), atOnce);
        byte[] later = new byte[16];
        cipher.Apply(Convert.FromHexString("00000000000001000000000000000000"), later);
        Assert.Equal(later, atOnce[32..48]);
    }

    [Fact]
    public void Poly1305_and_scrypt_are_those_of_their_RFCs()
    {
        // RFC 8439, 2.5.2.
        var mac = new Poly1305();
        mac.Init(new KeyParameter(Convert.FromHexString("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b")));
        mac.BlockUpdate("Cryptographic Forum Research Group"u8);
        byte[] tag = new byte[16];
        mac.DoFinal(tag);
        Assert.Equal("A8061DC1305136C6C22B8BAF0C0127A9", Convert.ToHexString(tag));

        // RFC 7914, 12.
        byte[] key = SCrypt.Generate(Encoding.ASCII.GetBytes("password"), Encoding.ASCII.GetBytes("NaCl"), 1024, 8, 16, 64);
        Assert.StartsWith("FDBABE1C9D3472007856E7190D01E9FE7C6AD7CBC8237830E77376634B373162", Convert.ToHexString(key), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(16 << 10)]
    [InlineData((16 << 10) + 7)]
    public void What_is_sealed_is_unsealed_and_a_changed_byte_is_seen(int length)
    {
        using var sealer = new Sealer(MasterKey.CreateRandom());
        byte[] plain = new byte[length];
        Random.Shared.NextBytes(plain);
        byte[] bytes = sealer.SealCopy(plain);
        Assert.NotEqual(bytes, sealer.SealCopy(plain));
        byte[] changed = [.. bytes];
        changed[Random.Shared.Next(changed.Length)] ^= 4;
        Assert.False(sealer.TryUnseal(changed, out _));
        Assert.True(sealer.TryUnseal(bytes, out Span<byte> unsealed));
        Assert.Equal(plain, unsealed.ToArray());
    }

    [Fact]
    public void Another_key_unseals_nothing()
    {
        using var one = new Sealer(MasterKey.CreateRandom());
        using var other = new Sealer(MasterKey.CreateRandom());
        Assert.False(other.TryUnseal(one.SealCopy("text"u8), out _));
    }

    [Theory]
    [InlineData(0x3DA3358B4DC173, true)] // The example in the documentation of restic's chunker.
    [InlineData(0x3DA3358B4DC175, false)]
    [InlineData(0x20000000000003, false)]
    public void An_irreducible_polynomial_is_told_from_others(ulong polynomial, bool isIrreducible) =>
        Assert.Equal(isIrreducible, ChunkerPolynomial.IsIrreducible(polynomial));

    [Fact]
    public void A_random_polynomial_is_irreducible_and_of_degree_53()
    {
        ulong polynomial = ChunkerPolynomial.CreateRandom();
        Assert.True(ChunkerPolynomial.IsIrreducible(polynomial));
        Assert.Equal(1UL, polynomial >> 53);
    }
}
