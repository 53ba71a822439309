namespace Cluster.Models.Data.Synthetic;

/// <summary>A generator of rows, each a pure function of its number.</summary>
internal interface ISyntheticRows
{
    DataSchema Schema { get; }

    /// <summary>Writes a row's features.</summary>
    /// <returns>Its label.</returns>
    float Row(long row, Span<float> features);
}
