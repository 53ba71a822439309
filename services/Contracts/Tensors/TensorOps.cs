namespace Cluster.Contracts.Tensors;

/// <summary>The ops that run on a named device: their names, and the shapes they take and give.</summary>
public static class TensorOps
{
    public const string Add = "add";
    public const string Multiply = "multiply";
    public const string MatMul = "matmul";
    public const string ReduceSum = "reduce-sum";

    public static IReadOnlyList<string> Names { get; } = [Add, Multiply, MatMul, ReduceSum];

    /// <summary>Whether an op takes a second operand.</summary>
    public static bool IsBinary(string name) => name != ReduceSum;

    /// <summary>Shape of the result of <c>name(a, b)</c>: that of a and b for add and multiply, m×n for matmul, a scalar for reduce-sum.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="a">Shape of the first operand.</param>
    /// <param name="b">Shape of the second; not looked at for reduce-sum.</param>
    /// <param name="problem">What is wrong, with both shapes.</param>
    /// <returns>Null where the shapes do not fit or the result is too large.</returns>
    public static IReadOnlyList<int>? ResultShape(string name, IReadOnlyList<int> a, IReadOnlyList<int> b, out string problem)
    {
        problem = "";
        switch (name)
        {
            case Add or Multiply when !a.SequenceEqual(b):
                problem = $"shapes {FloatTensor.TextOf(a)} and {FloatTensor.TextOf(b)} differ; {name} needs equal ones";
                return null;
            case Add or Multiply:
                return a;
            case ReduceSum:
                return [];
            default:
                return MatMulShapeOf(a, b, out problem);
        }
    }

    private static int[]? MatMulShapeOf(IReadOnlyList<int> a, IReadOnlyList<int> b, out string problem)
    {
        var shapes = $"shapes {FloatTensor.TextOf(a)} and {FloatTensor.TextOf(b)}";
        problem = a is not [_, var inner] || b is not [var rows, var columns] || inner != rows
            ? $"{shapes} do not fit; matmul needs [m,k] and [k,n]"
            : FloatTensor.ElementsOf([a[0], columns]) > FloatTensor.MaxElements
                ? $"{shapes} give [{a[0]},{columns}], {FloatTensor.ElementsOf([a[0], columns])} elements; at most {FloatTensor.MaxElements} are allowed"
                : "";
        return problem.Length == 0 ? [a[0], b[1]] : null;
    }
}
