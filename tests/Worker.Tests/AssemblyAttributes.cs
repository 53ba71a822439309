using Cluster.Testing;

[assembly: AssemblyFixture(typeof(RedisServers))]
