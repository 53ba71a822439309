using System.Security.Cryptography;
using Cluster.Models.Data;

namespace Cluster.Models.Parameters;

/// <summary>What users compare to see that two trainings gave the same bits.</summary>
public static class ParameterFingerprint
{
    /// <summary>SHA-256 of the parameters as float32 little-endian in layout order, 64 lower-case hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<float> parameters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        LittleEndian.Append(hash, parameters);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
