using Cluster.Client;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;

await using var cluster = ClusterClient.Connect(); // the one that runs here, or Connect(address, key)
var progress = new Progress<JobProgress>(p => Console.WriteLine($"{p.Fraction:P0}, {p.Rate:N0} {p.Unit}/s"));
var result = await cluster.RunPiAsync(new PiSpec { Points = 1_000_000_000, Seed = 42 }, progress);
Console.WriteLine($"π ≈ {result.Pi} ± {result.StandardError}; {result.Inside} of {result.Points} points inside");
