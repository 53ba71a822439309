using Cluster.Compute.Philox;

namespace Cluster.Compute.Tests.Philox;

public sealed class Philox4x32Tests
{
    [Fact]
    public void Block_ZeroCounterAndKey_IsPublishedAnswer() =>
        Assert.Equal(
            new PhiloxWords(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8),
            Philox4x32.Block(new PhiloxWords(0, 0, 0, 0), 0, 0));

    [Fact]
    public void Block_AllBitsSet_IsPublishedAnswer() =>
        Assert.Equal(
            new PhiloxWords(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd),
            Philox4x32.Block(
                new PhiloxWords(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue), uint.MaxValue, uint.MaxValue));

    [Fact]
    public void Block_DigitsOfPi_IsPublishedAnswer() =>
        Assert.Equal(
            new PhiloxWords(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1),
            Philox4x32.Block(
                new PhiloxWords(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344), 0xa4093822, 0x299f31d0));

    [Fact]
    public void Block_IndexAndSeed_FillCounterAndKeyFromTheLowWord() =>
        Assert.Equal(
            Philox4x32.Block(new PhiloxWords(0x85a308d3, 0x243f6a88, 0, 0), 0x299f31d0, 0xa4093822),
            Philox4x32.Block(0x243f6a88_85a308d3, 0xa4093822_299f31d0));
}
