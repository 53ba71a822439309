namespace Cluster.Models.Safetensors;

/// <summary>A file that is not what the format says, or holds what cannot be used; one line says where and why.</summary>
public sealed class SafetensorsException : Exception
{
    public SafetensorsException()
    {
    }

    public SafetensorsException(string message) : base(message)
    {
    }

    public SafetensorsException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
