using Cluster.Contracts.Data;
using Cluster.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Cluster.Storage.Data;

/// <summary>Names of data sets in Redis. A name is taken once, whoever asks at the same time.</summary>
internal sealed class DataNames(IDatabase database)
{
    /// <summary>The id that a name stands for; null where nobody has it.</summary>
    public async Task<string?> FindAsync(string name, CancellationToken cancellationToken) =>
        await RedisRetry.Pipeline.ExecuteAsync(async _ => (string?)await database.HashGetAsync(DataKeys.Names, name), cancellationToken);

    /// <summary>The id that an id or a name stands for; an id is not looked for.</summary>
    public async Task<string?> ResolveAsync(string idOrName, CancellationToken cancellationToken) =>
        idOrName.StartsWith(DataImport.IdPrefix, StringComparison.Ordinal) ? idOrName : await FindAsync(idOrName, cancellationToken);

    /// <summary>Gives a data set its name. A repetition after an answer that was lost finds its own id.</summary>
    /// <exception cref="DataNameTakenException">Another one has it.</exception>
    public async Task TakeAsync(string name, string id, CancellationToken cancellationToken)
    {
        await RedisRetry.UnlessFull.ExecuteAsync(async _ => await database.HashSetAsync(DataKeys.Names, name, id, When.NotExists), cancellationToken);
        if (await FindAsync(name, cancellationToken) is { } holder && holder != id) throw new DataNameTakenException(name, holder);
    }

    public async Task FreeAsync(string name, CancellationToken cancellationToken) =>
        await RedisRetry.Pipeline.ExecuteAsync(async _ => await database.HashDeleteAsync(DataKeys.Names, name), cancellationToken);

    /// <summary>All names and their ids, by name.</summary>
    public async Task<IReadOnlyList<(string Name, string Id)>> AllAsync(CancellationToken cancellationToken)
    {
        var entries = await RedisRetry.Pipeline.ExecuteAsync(async _ => await database.HashGetAllAsync(DataKeys.Names), cancellationToken);
        return [.. entries.Select(entry => ((string)entry.Name!, (string)entry.Value!)).OrderBy(entry => entry.Item1, StringComparer.Ordinal)];
    }
}
