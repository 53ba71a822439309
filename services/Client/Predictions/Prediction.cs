namespace Cluster.Client.Predictions;

/// <summary>What a model says of one row.</summary>
/// <param name="Row">From 0, in the order of the file.</param>
/// <param name="Columns">Names of the values.</param>
/// <param name="Values">One for each column: one number; or the class, and behind it the probability of class 1 of two, or that of each class.</param>
public readonly record struct Prediction(long Row, IReadOnlyList<string> Columns, ReadOnlyMemory<float> Values);
