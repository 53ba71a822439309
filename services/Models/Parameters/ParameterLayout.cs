namespace Cluster.Models.Parameters;

/// <summary>A named tensor within the flat parameter vector.</summary>
/// <param name="Name">Unique within the layout: <c>w</c>.</param>
/// <param name="Shape">Sizes of the dimensions, each at least 1, row-major; empty for a scalar.</param>
/// <param name="Offset">Index of the first element in the flat vector.</param>
/// <param name="Length">Number of elements, the product of the shape.</param>
public sealed record ParameterTensor(string Name, IReadOnlyList<int> Shape, int Offset, int Length);

/// <summary>How a model's tensors lie, in order and without gaps, in one flat float32 vector.</summary>
/// <remarks>Ps tasks know the vector only: ranges of parameters are cut without regard to tensors.</remarks>
public sealed class ParameterLayout
{
    private readonly ParameterTensor[] _tensors;

    /// <param name="tensors">Name and shape of each tensor, in the order of the flat vector; at least one.</param>
    /// <exception cref="ArgumentException">No tensor, a name twice, a dimension below 1, or more than <see cref="Array.MaxLength"/> elements.</exception>
    public ParameterLayout(params ReadOnlySpan<(string Name, int[] Shape)> tensors)
    {
        if (tensors.IsEmpty)
            throw new ArgumentException("A model has at least one tensor.", nameof(tensors));
        _tensors = new ParameterTensor[tensors.Length];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < tensors.Length; i++)
        {
            var (name, shape) = tensors[i];
            if (!names.Add(name))
                throw new ArgumentException($"The tensor '{name}' is there twice.", nameof(tensors));
            var length = Elements(name, shape);
            if (length > Array.MaxLength - Length)
                throw new ArgumentException($"Up to tensor '{name}' there are more than {Array.MaxLength} parameters.", nameof(tensors));
            _tensors[i] = new ParameterTensor(name, [.. shape], Length, length);
            Length += length;
        }
    }

    /// <summary>Elements of all tensors together.</summary>
    public int Length { get; }

    /// <summary>The tensors in the order of the flat vector.</summary>
    public IReadOnlyList<ParameterTensor> Tensors => _tensors;

    /// <summary>The tensor that holds an element of the flat vector.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside [0, <see cref="Length"/>).</exception>
    public ParameterTensor TensorAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Length);
        return Array.FindLast(_tensors, tensor => tensor.Offset <= index)!;
    }

    private static int Elements(string name, int[] shape)
    {
        long elements = 1;
        foreach (var size in shape)
        {
            if (size < 1)
                throw new ArgumentException($"The tensor '{name}' has a dimension of size {size}; the least is 1.", nameof(shape));
            elements *= size;
            if (elements > Array.MaxLength)
                throw new ArgumentException($"The tensor '{name}' has more than {Array.MaxLength} elements.", nameof(shape));
        }

        return (int)elements;
    }
}
