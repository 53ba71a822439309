using Cluster.Support.Processes;
using Xunit.Sdk;
using Xunit.v3;

// A test waits for leases, restarts and commits most of its time: two classes side by side, each on a cluster of its own.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]
[assembly: AssemblyFixture(typeof(SharedBroker))]
