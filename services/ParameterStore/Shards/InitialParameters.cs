using System.Globalization;
using System.Runtime.InteropServices;
using Cluster.Compute.Philox;
using Cluster.Contracts.Jobs;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Shards;

/// <summary>The parameters before the first step.</summary>
internal static class InitialParameters
{
    private const int MaxValueBytes = 1 << 20;
    private const int MaxParts = 65_536;

    public static void Check(List<SpecViolation> wrong, V1.Initial? initial, int length)
    {
        switch (initial?.SourceCase ?? V1.Initial.SourceOneofCase.None)
        {
            case V1.Initial.SourceOneofCase.None:
                wrong.Add(new SpecViolation("shard.initial", "", "must be constant, values, uniform or parts"));
                break;
            case V1.Initial.SourceOneofCase.Constant:
                CheckFinite(wrong, "shard.initial.constant", initial!.Constant);
                break;
            case V1.Initial.SourceOneofCase.Values:
                ShardSettings.CheckRange(wrong, "shard.initial.values", initial!.Values.Length, length * 4L, Math.Min(length * 4L, MaxValueBytes));
                break;
            case V1.Initial.SourceOneofCase.Uniform:
                CheckFinite(wrong, "shard.initial.uniform.low", initial!.Uniform.Low);
                CheckFinite(wrong, "shard.initial.uniform.high", initial.Uniform.High);
                break;
            case V1.Initial.SourceOneofCase.Parts when length > 0:
                CheckParts(wrong, initial!.Parts, length);
                break;
        }
    }

    /// <summary>Fills a range that starts at this place among the job's parameters.</summary>
    public static void Fill(V1.Initial initial, long offset, Span<float> parameters)
    {
        switch (initial.SourceCase)
        {
            case V1.Initial.SourceOneofCase.Values:
                MemoryMarshal.Cast<byte, float>(initial.Values.Span).CopyTo(parameters);
                break;
            case V1.Initial.SourceOneofCase.Uniform:
                PhiloxUniform.Fill(initial.Uniform.Seed, offset, initial.Uniform.Low, initial.Uniform.High, parameters);
                break;
            case V1.Initial.SourceOneofCase.Parts:
                FillParts(initial.Parts, parameters);
                break;
            default:
                parameters.Fill(initial.Constant);
                break;
        }
    }

    private static void CheckParts(List<SpecViolation> wrong, V1.UniformParts uniform, int length)
    {
        ShardSettings.CheckRange(wrong, "shard.initial.parts", uniform.Parts.Count, 0, MaxParts);
        long end = 0;
        foreach (var part in uniform.Parts.Take(MaxParts))
        {
            ShardSettings.CheckRange(wrong, "shard.initial.parts.place", part.Place, end, length);
            ShardSettings.CheckRange(wrong, "shard.initial.parts.length", part.Length, 0, length - (long)Math.Clamp(part.Place, 0, length));
            ShardSettings.CheckRange(wrong, "shard.initial.parts.index", part.Index, 0, long.MaxValue - length);
            if (!(float.IsFinite(part.Bound) && part.Bound >= 0))
                wrong.Add(new SpecViolation("shard.initial.parts.bound", part.Bound.ToString(CultureInfo.InvariantCulture), "must be finite and at least 0"));
            if (wrong.Count > 0) return;
            end = (long)part.Place + part.Length;
        }
    }

    private static void FillParts(V1.UniformParts uniform, Span<float> parameters)
    {
        parameters.Clear();
        foreach (var part in uniform.Parts)
        {
            if (part.Bound > 0)
                PhiloxUniform.Fill(uniform.Seed, part.Index, -part.Bound, part.Bound, parameters.Slice(part.Place, part.Length));
        }
    }

    private static void CheckFinite(List<SpecViolation> wrong, string field, float value)
    {
        if (!float.IsFinite(value))
            wrong.Add(new SpecViolation(field, value.ToString(CultureInfo.InvariantCulture), "must be finite"));
    }
}
