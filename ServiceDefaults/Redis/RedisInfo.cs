using System.Globalization;
using StackExchange.Redis;

namespace Cluster.ServiceDefaults.Redis;

/// <summary>What Redis says of itself with INFO, field by field.</summary>
public sealed class RedisInfo
{
    private readonly Dictionary<string, string> _fields;

    private RedisInfo(Dictionary<string, string> fields) => _fields = fields;

    /// <summary>Asks for a section: <c>persistence</c>.</summary>
    /// <exception cref="RedisException">Redis refused, or is away.</exception>
    public static async Task<RedisInfo> ReadAsync(IDatabaseAsync redis, string section)
    {
        return Parse((string?)await redis.ExecuteAsync("INFO", section));
    }

    /// <summary>Reads INFO's text.</summary>
    public static RedisInfo Parse(string? text)
    {
        var fields = new Dictionary<string, string>();
        foreach (var line in (text ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(':', 2) is [{ } name, { } value]) fields[name] = value;
        }

        return new RedisInfo(fields);
    }

    /// <summary>A field; null where this Redis does not have it.</summary>
    public string? Text(string field) => _fields.GetValueOrDefault(field);

    /// <summary>A field that is a whole number; null where this Redis does not have it.</summary>
    public long? Number(string field)
        => long.TryParse(Text(field), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;
}
