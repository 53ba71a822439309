// The test double is one for the process: its faults and counts are shared.
using Cluster.Testing;

[assembly: AssemblyFixture(typeof(RedisServers))]
