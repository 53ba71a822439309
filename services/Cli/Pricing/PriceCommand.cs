using Cluster.Cli.Invocation;
using Cluster.Cli.Jobs;
using Cluster.Cli.Parsing;

namespace Cluster.Cli.Pricing;

/// <summary><c>cluster price</c>.</summary>
internal sealed class PriceCommand : ClusterCommand, IHasNotes
{
    private readonly PriceOptions _options = new();
    private readonly JobLaunch _launch;

    public PriceCommand(CommandLineHost host, GlobalOptions globals)
        : base("price", "Price a European or Asian option by drawing paths of the underlying's price and averaging what they pay.", host, globals)
    {
        _options.AddTo(this);
        _launch = new JobLaunch(host);
        _launch.AddTo(this);
    }

    public string Notes => """
        An option on a share, or on another thing with a price (the underlying), pays once, at maturity: a call what a price
        exceeds the strike by, a put what it falls short by, and else nothing. A European option takes the underlying's price
        at maturity; an Asian one the arithmetic mean of its prices at --dates equally spaced dates, of which the last is at
        maturity and today is none.

        The model is that of Black and Scholes: the price moves by independent steps, whose logarithm over t years is normal
        with mean (rate - dividend yield - volatility²/2)·t and standard deviation volatility·√t. Rate and dividend yield are
        continuously compounded: 100 at a rate of 0.05 becomes 105.13 in a year. The option's price is the mean of what it
        pays, discounted by exp(-rate·maturity).

        That mean is estimated from --paths random paths. What is shown is price ± standard error, in the unit of --spot: the
        exact price is within one standard error in 68 % of all seeds, within two in 95 %. Four times the paths halve it. An
        Asian path takes a step a date, so it costs --dates times a European one. A European option has a closed form, which
        is exact and is shown beside its price. In the first example it is 10.4506.

        A mean tells nothing where hardly a path pays, or where few paths pay nearly all of it. So there is a warning and no
        standard error where fewer than 100 paths pay, where volatility·√maturity is above 3, and where the paths are fewer
        than 25 times the squared skewness of what they pay (Cochran 1977; of an Asian option, by a lognormal mean with the
        same two moments, Levy 1992). In its place stands what the chance that a path pays is at most, with 95 % confidence
        (Clopper and Pearson 1934; about 3/paths where none does).

        With --json, one line: {"job","seed","paths","paying","price","standardError","closedForm","payoffChanceAtMost",
        "warnings","seconds"}: null is what there is none of, paying are the paths that pay more than 0. The price has the
        same bits on any number of workers.
        """;

    public override IReadOnlyList<string> Examples { get; } =
    [
        "price --spot 100 --strike 100 --rate 0.05 --volatility 0.2 --maturity 1",
        "price --kind asian --option put --spot 42 --strike 45 --rate 0.03 --volatility 0.35 --maturity 0.5 --dates 26 --paths 1e8",
        "price --paths 1e6 --seed 42 --json",
    ];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var spec = _options.ReadSpec(run.Parsed);
        return await _launch.RunAsync(run, client, (key, t) => client.SubmitAsync(spec, key, t), cancellationToken);
    }
}
