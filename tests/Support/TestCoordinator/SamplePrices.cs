using Cluster.Contracts.Jobs.V1;

namespace Cluster.TestCoordinator;

/// <summary>A pricing job of 2,000 paths with seed 42.</summary>
public static class SamplePrices
{
    public static Job Succeeded()
    {
        var job = SampleJobs.Succeeded();
        job.Kind = "computation";
        job.SpecJson =
            """
            {"name":"price","arguments":{"kind":"european","option":"call","spot":100,"strike":100,"rate":0.05,"dividendYield":0,
            "volatility":0.2,"maturity":1,"dates":1,"seed":42},"indexCount":1000,"grainSize":262144,"logDevicePlacement":false}
            """;
        job.ResultJson =
            """
            {"paths":2000,"paying":1100,"price":10.5,"standardError":0.25,"closedForm":10.450583572185572,"payoffChanceAtMost":null,"warnings":[]}
            """;
        return job;
    }

    /// <summary>None of its paths pays.</summary>
    public static Job WithoutPayoff()
    {
        var job = Succeeded();
        job.ResultJson =
            """
            {"paths":2000,"paying":0,"price":0,"standardError":null,"closedForm":4.7496312655230563E-07,"payoffChanceAtMost":0.0014967450,
            "warnings":["0 of 2000 paths pay anything"]}
            """;
        return job;
    }
}
