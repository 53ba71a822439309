using Cluster.Contracts.Data.V1;

namespace Cluster.Contracts.Data;

/// <summary>Imports as protobuf messages and back. What is absent is empty on the wire.</summary>
public static class DataImportMapping
{
    public static LoadHeader ToProto(this DataImport import)
    {
        ArgumentNullException.ThrowIfNull(import);
        return new LoadHeader
        {
            Label = import.Label ?? "",
            Name = import.Name ?? "",
            Format = import.Format,
            NoHeader = !import.HasHeader,
            Features = import.Features,
            ZeroBased = import.IsZeroBased,
            Source = import.Source,
            Labels = import.Labels ?? "",
            Shared = import.IsShared,
            IdempotencyKey = import.IdempotencyKey ?? "",
        };
    }

    /// <summary>The message as an import, to be validated.</summary>
    public static DataImport ToImport(this LoadHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return new DataImport
        {
            Label = NullIfEmpty(header.Label),
            Name = NullIfEmpty(header.Name),
            Format = header.Format.Length == 0 ? DataFormats.Csv : header.Format,
            HasHeader = !header.NoHeader,
            Features = header.Features,
            IsZeroBased = header.ZeroBased,
            Source = header.Source,
            Labels = NullIfEmpty(header.Labels),
            IsShared = header.Shared,
            IdempotencyKey = NullIfEmpty(header.IdempotencyKey),
        };
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
