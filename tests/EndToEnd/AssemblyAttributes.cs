using Cluster.EndToEnd.Processes;
using Xunit.Sdk;
using Xunit.v3;

// Each test has a cluster to itself, and its workers the machine's cores.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(SharedBroker))]
