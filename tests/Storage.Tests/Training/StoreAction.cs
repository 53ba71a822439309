using Cluster.Protocol.Commits;
using CsCheck;

namespace Cluster.Storage.Tests.Training;

/// <summary>One thing that happens to a job's keys. Small numbers, so that what is asked for is often what is there.</summary>
internal abstract record StoreAction
{
    /// <summary>Every kind, the refused ones by far the fewer.</summary>
    public static Gen<StoreAction> Any { get; } = Gen.Frequency(
        (6, Gen.Select(Tokens, Sources, Gen.Long[1, 4], Gen.ULong[0, 2], Gen.ULong[1, 9].Array[0, 3], (token, current, counter, random, incarnations) =>
            (StoreAction)new Start(token, current, counter, random, incarnations))),
        (10, Gen.Select(Tokens, Sources, Sources, Gen.Long[0, 5], Gen.Frequency((3, Gen.Const(-1)), (1, Gen.Int[0, 7])),
        (token, generation, previous, clock, lost) =>
            (StoreAction)new Flip(token, generation, previous, clock, lost))),
        (2, Gen.Select(Tokens, Gen.Long[-2, 9], (token, by) => (StoreAction)new Count(token, by))),
        (2, Gen.Select(Tokens, Gen.Bool, Gen.Frequency((2, Gen.Const(-1)), (1, Gen.Int[0, 7])),
        (token, hasStart, lost) => (StoreAction)new Plan(token, hasStart, lost))),
        (2, Gen.Select(Sources, Gen.Int[0, 2], Gen.Bool, (generation, lane, ends) => (StoreAction)new Item(generation, lane, ends))),
        (2, Gen.Select(Sources, Gen.Int[0, 2], Gen.Long[0, 2], (generation, lane, clock) => (StoreAction)new Batch(generation, lane, clock))),
        (1, Gen.Select(Tokens, Sources, Gen.Int[0, 9], (token, manifest, value) => (StoreAction)new Result(token, manifest, value))),
        (1, Gen.Select(Tokens, Sources, (token, manifest) => (StoreAction)new Finish(token, manifest))),
        (1, Gen.Select(Gen.Long[1, 2], Gen.ULong[1, 2], (counter, random) => (StoreAction)new Adopt(new CoordinatorToken(counter, random)))),
        (1, Gen.Const((StoreAction)new End())));

    /// <summary>Mostly the holder, else a token that shares its number.</summary>
    private static Gen<bool> Tokens => Gen.Frequency((9, Gen.Const(true)), (1, Gen.Const(false)));

    private static Gen<Source> Sources => Gen.Frequency((8, Gen.Const(Source.There)), (1, Gen.Const(Source.None)), (1, Gen.Const(Source.Other)));

    /// <summary>Where an argument comes from: what is there, nothing, or something like it.</summary>
    public enum Source
    {
        There,
        None,
        Other,
    }

    public sealed record Start(bool IsHolder, Source Current, long Counter, ulong Random, ulong[] Incarnations) : StoreAction;

    /// <summary>Writes snapshots, loses one of their eight keys or none, and flips.</summary>
    public sealed record Flip(bool IsHolder, Source Generation, Source Previous, long Clock, int Lost) : StoreAction;

    /// <summary>Writes the snapshots to start from, loses one of their eight keys or none, and plans.</summary>
    public sealed record Plan(bool IsHolder, bool HasStart, int Lost) : StoreAction;

    public sealed record Count(bool IsHolder, long By) : StoreAction;

    public sealed record Item(Source Generation, int Lane, bool Ends) : StoreAction;

    public sealed record Batch(Source Generation, int Lane, long Clock) : StoreAction;

    public sealed record Result(bool IsHolder, Source Manifest, int Value) : StoreAction;

    /// <summary>Ends the training with the commit that is there.</summary>
    public sealed record Finish(bool IsHolder, Source Manifest) : StoreAction;

    public sealed record Adopt(CoordinatorToken Token) : StoreAction;

    public sealed record End : StoreAction;
}
