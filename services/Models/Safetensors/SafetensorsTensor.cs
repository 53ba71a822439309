namespace Cluster.Models.Safetensors;

/// <summary>A float32 tensor of a file.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="Shape">Sizes of its dimensions, row-major; empty for a scalar.</param>
/// <param name="Begin">Its first byte behind the header.</param>
/// <param name="End">The byte behind its last.</param>
public sealed record SafetensorsTensor(string Name, IReadOnlyList<int> Shape, long Begin, long End)
{
    /// <summary>Elements.</summary>
    public int Length => (int)((End - Begin) / sizeof(float));
}
