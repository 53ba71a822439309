using System.Globalization;
using System.Runtime.InteropServices;
using Cluster.Compute.Philox;
using Cluster.Contracts.Jobs;
using V1 = Cluster.Contracts.Parameters.V1;

namespace Cluster.ParameterStore.Models;

/// <summary>The parameters before the first step.</summary>
internal static class InitialParameters
{
    private const int MaxValueBytes = 1 << 20;

    public static void Check(List<SpecViolation> wrong, V1.Initial? initial, int length)
    {
        switch (initial?.SourceCase ?? V1.Initial.SourceOneofCase.None)
        {
            case V1.Initial.SourceOneofCase.None:
                wrong.Add(new SpecViolation("model.initial", "", "must be constant, values or uniform"));
                break;
            case V1.Initial.SourceOneofCase.Constant:
                CheckFinite(wrong, "model.initial.constant", initial!.Constant);
                break;
            case V1.Initial.SourceOneofCase.Values:
                ModelSettings.CheckRange(wrong, "model.initial.values", initial!.Values.Length, length * 4L, Math.Min(length * 4L, MaxValueBytes));
                break;
            case V1.Initial.SourceOneofCase.Uniform:
                CheckFinite(wrong, "model.initial.uniform.low", initial!.Uniform.Low);
                CheckFinite(wrong, "model.initial.uniform.high", initial.Uniform.High);
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
                FillUniform(initial.Uniform, offset, parameters);
                break;
            default:
                parameters.Fill(initial.Constant);
                break;
        }
    }

    private static void FillUniform(V1.Uniform uniform, long offset, Span<float> parameters)
    {
        float width = uniform.High - uniform.Low;
        for (int i = 0; i < parameters.Length; i++)
        {
            long place = offset + i;
            PhiloxWords words = Philox4x32.Block((ulong)(place / 4), uniform.Seed);
            uint word = (place % 4) switch { 0 => words.W0, 1 => words.W1, 2 => words.W2, _ => words.W3 };
            parameters[i] = uniform.Low + (width * ((word >> 8) * (1f / (1 << 24))));
        }
    }

    private static void CheckFinite(List<SpecViolation> wrong, string field, float value)
    {
        if (!float.IsFinite(value))
            wrong.Add(new SpecViolation(field, value.ToString(CultureInfo.InvariantCulture), "must be finite"));
    }
}
