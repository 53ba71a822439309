namespace Cluster.Compute.Cuda.Execution;

/// <summary>A kernel: the PTX file that has it, its name there, and the threads of its blocks.</summary>
internal sealed record CudaKernel(string Module, string Name, uint Threads)
{
    public static readonly CudaKernel
        Add = new("elementwise", "elementwise_add", 256),
        Multiply = new("elementwise", "elementwise_multiply", 256),
        Scale = new("elementwise", "elementwise_scale", 256),
        AddScaled = new("elementwise", "elementwise_add_scaled", 256),
        ReduceSum = new("reduce", "reduce_sum", 256),
        MatMul = new("matmul", "matmul_nn", 256),
        MatMulTransposeA = new("matmul", "matmul_tn", 256),
        MatMulTransposeB = new("matmul", "matmul_nt", 256),
        MatMulTransposeBoth = new("matmul", "matmul_tt", 256),
        PiCounts = new("pi", "pi_counts", 256),
        PriceSums = new("price", "price_sums", 128),
        DenseForward = new("dense", "dense_forward", 256),
        DenseGradient = new("dense", "dense_gradient", 256),
        ColumnSums = new("dense", "dense_column_sums", 128),
        SoftmaxCrossEntropy = new("losses", "softmax_cross_entropy", 256),
        SigmoidCrossEntropy = new("losses", "sigmoid_cross_entropy", 256),
        SquaredError = new("losses", "squared_error", 256),
        Sgd = new("optimizers", "update_sgd", 256),
        Momentum = new("optimizers", "update_momentum", 256),
        Nesterov = new("optimizers", "update_nesterov", 256),
        Adagrad = new("optimizers", "update_adagrad", 256),
        Adam = new("optimizers", "update_adam", 256),
        Ftrl = new("optimizers", "update_ftrl", 256);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CudaKernel> All { get; } =
    [
        Add, Multiply, Scale, AddScaled, ReduceSum, MatMul, MatMulTransposeA, MatMulTransposeB, MatMulTransposeBoth, PiCounts, PriceSums,
        DenseForward, DenseGradient, ColumnSums, SoftmaxCrossEntropy, SigmoidCrossEntropy, SquaredError,
        Sgd, Momentum, Nesterov, Adagrad, Adam, Ftrl,
    ];
}
