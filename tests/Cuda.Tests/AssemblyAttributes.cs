using Xunit.Sdk;
using Xunit.v3;

// The test double is one for the process: its faults and counts are shared.
[assembly: Parallelization(Mode = ParallelMode.None)]
