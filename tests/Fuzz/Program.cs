return await Cluster.Fuzz.FuzzCommandLine.RunAsync(args);
