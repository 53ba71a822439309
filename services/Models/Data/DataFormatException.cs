namespace Cluster.Models.Data;

/// <summary>Data that cannot be used: one line that says what is wrong and where, rows and columns counted from 1.</summary>
public sealed class DataFormatException : Exception
{
    public DataFormatException()
    {
    }

    public DataFormatException(string message) : base(message)
    {
    }

    public DataFormatException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
