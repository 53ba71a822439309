namespace Cluster.Compute.Devices;

/// <summary>C (m×n) = op(A) (m×k) · op(B) (k×n), all row-major; op transposes what is stored the other way round.</summary>
/// <param name="M">Rows of C.</param>
/// <param name="N">Columns of C.</param>
/// <param name="K">Length of the dot products; 0 gives zeros.</param>
/// <param name="TransposeA">A is stored as k×m.</param>
/// <param name="TransposeB">B is stored as n×k.</param>
public readonly record struct MatMulShape(int M, int N, int K, bool TransposeA = false, bool TransposeB = false);
