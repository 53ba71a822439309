using Cluster.Compute.Devices;
using Cluster.Compute.Optimizers;
using CsCheck;

namespace Cluster.DeviceSuite;

/// <summary>Every update rule against its scalar form, to the bit: parameters, slots and whether they are finite.</summary>
public abstract class OptimizerSuite : DeviceTest
{
    private const int Iterations = 25;

    // More than a thread's share on the CPU, and no multiple of a vector or a block.
    private const int Long = 70_001;

    private static readonly LearningRate Warm = new(0.05f) { WarmupSteps = 7 };
    private static readonly LearningRate Cosine = new(0.01f) { Kind = ScheduleKind.Cosine, DecaySteps = 30, DecayFactor = 0.1f };

    /// <summary>Each rule as it comes, and with all that it can be given.</summary>
    private static readonly (string Name, Optimizer Optimizer)[] Optimizers =
    [
        ("sgd", new Sgd(0.3f)),
        ("sgd, all", new Sgd(Cosine, GradientScale.Sum) { L2 = 0.01f }),
        ("momentum", new Momentum(0.02f)),
        ("momentum, all", new Momentum(Warm, 0.8f, scale: GradientScale.Sum) { L2 = 0.02f }),
        ("nesterov", new Momentum(0.02f, isNesterov: true)),
        ("nesterov, all", new Momentum(Cosine, 0.95f, isNesterov: true) { L2 = 0.1f }),
        ("adagrad", new Adagrad(0.8f)),
        ("adagrad, all", new Adagrad(Warm, 0.01f, GradientScale.Sum) { L2 = 0.1f }),
        ("adam", new Adam(0.01f)),
        ("adam, all", new Adam(Cosine, new AdamSettings(0.8f, 0.99f, 1e-5f)) { L2 = 0.01f }),
        ("adamw", new Adam(Warm, new AdamSettings(WeightDecay: 0.05f))),
        ("ftrl", new Ftrl(0.1f)),
        ("ftrl, all", new Ftrl(0.3f, new FtrlSettings(Beta: 0.5f, L1: 0.2f, L2: 0.1f), GradientScale.Sum)),
    ];

    public static TheoryData<string> Names => [.. Optimizers.Select(optimizer => optimizer.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Update_SeveralSteps_HaveTheReferencesBits(string name) =>
        Gen.Select(Floats.Length, Gen.UInt, Gen.Long[1, 5000]).Sample((length, seed, examples) =>
        {
            var optimizer = Optimizer(name);
            var w = Floats.Ordinary(length, seed);
            var slots = new float[length * optimizer.Slots];
            optimizer.Initialise(w, slots);
            using var parameters = Put(w);
            using var state = Put(slots);

            for (var step = 0; step < 3; step++)
            {
                var g = Floats.Ordinary(length, seed + (uint)step);
                using var gradient = Put(g);
                Check(optimizer, (w, slots, g), (parameters, state, gradient), examples, UpdateTime.AtStep(5 * step));
            }
        }, iter: Iterations, threads: 1);

    [Theory]
    [MemberData(nameof(Names))]
    public void Update_SpecialValues_HaveTheReferencesBits(string name) =>
        Gen.Select(Floats.Length, Gen.UInt, Gen.Bool).Sample((length, seed, isTame) =>
        {
            var optimizer = Optimizer(name);
            var slots = isTame ? Floats.Ordinary(length * optimizer.Slots, seed ^ 1) : Floats.WithSpecials(length * optimizer.Slots, seed ^ 1);
            var (w, g) = (Floats.WithSpecials(length, seed), Floats.WithSpecials(length, ~seed));
            using var parameters = Put(w);
            using var state = Put(slots);
            using var gradient = Put(g);

            Check(optimizer, (w, slots, g), (parameters, state, gradient), 7, new UpdateTime(3, 11));
        }, iter: Iterations, threads: 1);

    [Theory]
    [MemberData(nameof(Names))]
    public void Update_OneValueIsNotFinite_IsSeenAnywhere(string name)
    {
        var optimizer = Optimizer(name);
        foreach (var length in new[] { 1, 9, 257, Long })
        {
            foreach (var place in new[] { 0, length / 2, length - 1 })
            {
                foreach (var bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
                {
                    var (w, slots, g) = (new float[length], new float[length * optimizer.Slots], new float[length]);
                    optimizer.Initialise(w, slots);
                    using var parameters = Put(w);
                    using var state = Put(slots);
                    using var gradient = Put(g);
                    Assert.True(Stream.Update(optimizer, parameters, parameters, state, gradient, 1, default));

                    Stream.Fill(new DeviceSpan(gradient, place, 1), bad);

                    Assert.False(Stream.Update(optimizer, parameters, parameters, state, gradient, 1, default));
                }
            }
        }
    }

    [Fact]
    public void Update_NextIsAnotherBuffer_LeavesTheCurrentOne()
    {
        float[] w = Floats.Ordinary(300, 1), g = Floats.Ordinary(300, 2), expected = new float[300], slots = new float[600];
        var optimizer = new Adam(0.1f);
        using var current = Put(w);
        using var next = Blank(302);
        using var state = Put(slots);
        using var gradient = Put(g);

        Assert.True(Stream.Update(optimizer, current, next.Slice(1, 300), state, gradient, 3, default));

        optimizer.ApplyScalar(w, expected, slots, g, 3);
        Floats.AssertSame(w, Get(current), "current");
        Floats.AssertSame([12345.678f, .. expected, 12345.678f], Get(next), "next");
    }

    [Fact]
    public void Update_ArgumentsDoNotFit_ThrowsNamingThem()
    {
        var optimizer = new Adam(0.1f);
        using var a = Blank(50);
        DeviceSpan w = a.Slice(0, 10), next = a.Slice(10, 10), slots = a.Slice(20, 20), g = a.Slice(40, 10);

        void Throws(string name, DeviceSpan to, DeviceSpan state, DeviceSpan gradient) =>
            Assert.Equal(name, Assert.Throws<ArgumentException>(() => Stream.Update(optimizer, w, to, state, gradient, 1, default)).ParamName);

        Throws("next", a.Slice(10, 9), slots, g);
        Throws("next", a.Slice(5, 10), slots, g);
        Throws("gradient", next, slots, a.Slice(40, 9));
        Throws("next", next, slots, next);
        Throws("slots", next, a.Slice(20, 10), g);
        Throws("slots", next, a.Slice(25, 20), g);
        Throws("slots", next, a.Slice(5, 20), g);
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.Update(optimizer, w, next, slots, g, 0, default));
        Floats.AssertSame([.. Enumerable.Repeat(12345.678f, 50)], Get(a), "memory");
    }

    /// <summary>One step on both sides; the host's values are updated.</summary>
    private void Check(
        Optimizer optimizer, (float[] W, float[] Slots, float[] G) host, (DeviceBuffer W, DeviceBuffer Slots, DeviceBuffer G) device,
        long examples, UpdateTime time)
    {
        var isFinite = Stream.Update(optimizer, device.W, device.W, device.Slots, device.G, examples, time);

        Assert.Equal(optimizer.ApplyScalar(host.W, host.W, host.Slots, host.G, examples, time), isFinite);
        Floats.AssertSame(host.W, Get(device.W), "parameters");
        Floats.AssertSame(host.Slots, Get(device.Slots), "slots");
    }

    private static Optimizer Optimizer(string name) => Optimizers.Single(optimizer => optimizer.Name == name).Optimizer;
}
