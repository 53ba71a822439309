using System.Net;
using System.Net.Sockets;
using System.Text;
using Cluster.Support.Processes;
using Grpc.Core;
using Grpc.Net.Client;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using StackExchange.Redis;

namespace Cluster.EndToEnd.Security;

/// <summary>Endpoints one by one: none answers without credentials, but for liveness.</summary>
public sealed partial class IntruderTests
{
    [Fact(Timeout = TestLimit)]
    public async Task Call_EveryGrpcMethodWithoutTheKey_IsUnauthenticated()
    {
        var cluster = await ShareClusterAsync(Options);
        var methods = GrpcMethods.All;
        Assert.All(["Submit", "Open", "Exchange", "Load", "Import", "Predict", "Read", "GetClusterSpec", "DrainTask"],
            name => Assert.Contains(methods, m => m.Name == name));
        var served = new HashSet<(string, string)>();
        foreach (var server in (ServiceProcess[])[cluster.Coordinator, cluster.ParameterStores[0]])
        {
            using var channel = GrpcChannel.ForAddress(server.Endpoints.Grpc);
            foreach (var method in methods)
            {
                foreach (var headers in Strangers(cluster.Connection.Key))
                    Assert.Equal((method, StatusCode.Unauthenticated), (method, await GrpcMethods.CallAsync(channel, method, headers, Ct)));
                var known = await GrpcMethods.CallAsync(channel, method, new Metadata { { "authorization", $"Bearer {cluster.Connection.Key}" } }, Ct);
                Assert.NotEqual((method, StatusCode.Unauthenticated), (method, known));
                if (known != StatusCode.Unimplemented) served.Add(method);
            }
        }

        // The names are those that are served: a wrong one would be refused as well.
        Assert.Equal(methods.Count, served.Count);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Get_EveryHttpPathWithoutTheKey_IsUnauthorizedButLiveness()
    {
        var cluster = await ShareClusterAsync(Options);
        string[] closed = ["/", "/health", "/health/", "/HEALTH", "//health", "/metrics", "/alive/health", "/alive%2fhealth",
            "/cluster.jobs.v1.Jobs/Submit", "/.env"];
        foreach (var process in cluster.Processes)
        {
            using var http = new HttpClient { BaseAddress = process.Endpoints.Http, Timeout = TimeSpan.FromSeconds(30) };
            Assert.Equal("Healthy", await http.GetStringAsync(new Uri("/alive", UriKind.Relative), Ct));
            foreach (var path in closed)
            {
                foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post, HttpMethod.Head])
                {
                    foreach (var headers in Strangers(cluster.Connection.Key))
                        Assert.Equal((process.Instance, path, HttpStatusCode.Unauthorized),
                            (process.Instance, path, await StatusAsync(http, method, path, headers)));
                }
            }

            Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, HttpMethod.Get, "/health",
                new Metadata { { "authorization", $"Bearer {cluster.Connection.Key}" } }));
        }
    }

    [Fact(Timeout = TestLimit)]
    public async Task Send_EveryRedisCommandWithoutThePassword_IsRefused()
    {
        var cluster = await ShareClusterAsync(Options);
        await using var redis = await cluster.ConnectRedisAsync();
        var commands = ((RedisResult[])(await redis.GetDatabase().ExecuteAsync("COMMAND"))!)
            .Select(command => (RedisResult[])command!)
            .Select(fields => (Name: (string)fields[0]!, Arguments: Math.Abs((int)fields[1]) - 1, Flags: (string[])fields[2]!))
            .Where(command => !command.Flags.Contains("no_auth")).ToList();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, cluster.Redis.Port, Ct);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);

        var refused = 0;
        foreach (var (name, arguments, _) in commands)
        {
            var answer = await AskAsync($"{name}{string.Concat(Enumerable.Repeat(" x", arguments))}");
            // A few are refused for another reason before the password is asked for: none is answered.
            Assert.True(answer.StartsWith('-'), $"{name}: {answer}");
            if (answer.Contains("NOAUTH ", StringComparison.Ordinal)) refused++;
        }

        Assert.InRange(refused, 200, commands.Count);
        Assert.StartsWith("-WRONGPASS", await AskAsync("AUTH default x"), StringComparison.Ordinal);
        Assert.StartsWith("-WRONGPASS", await AskAsync("AUTH default \"\""), StringComparison.Ordinal);

        async Task<string> AskAsync(string line)
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), Ct);
            return await reader.ReadLineAsync(Ct) ?? "closed";
        }
    }

    [Fact(Timeout = TestLimit)]
    public async Task Connect_BrokerWithoutItsPassword_IsRefused()
    {
        var cluster = await ShareClusterAsync(Options);
        var address = new Uri(cluster.Messaging);
        var user = address.UserInfo.Split(':')[0];

        (string User, string Password)[] wrong = [("guest", "guest"), (user, ""), (user, user), ("", "")];
        await Task.WhenAll(wrong.Select(async credentials =>
        {
            var factory = new ConnectionFactory
            {
                HostName = address.Host,
                Port = address.Port,
                VirtualHost = address.AbsolutePath[1..],
                UserName = credentials.User,
                Password = credentials.Password
            };
            var error = await Assert.ThrowsAsync<BrokerUnreachableException>(() => factory.CreateConnectionAsync(Ct));
            Assert.IsType<AuthenticationFailureException>(error.InnerException);
        }));
        await using var connection = await new ConnectionFactory { Uri = address }.CreateConnectionAsync(Ct);
        Assert.True(connection.IsOpen);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Listen_AllProcesses_OnTheirKnownPortsOfLoopbackAlone()
    {
        var cluster = await ShareClusterAsync(Options);

        foreach (var process in cluster.Processes)
        {
            // Nothing is mapped to a worker's gRPC listener, which has whatever port is free.
            var ports = OnLoopback(process.Id).ToList();
            var other = Assert.Single(ports, port => port != process.Endpoints.Http.Port);
            if (!cluster.Workers.Contains(process)) Assert.Equal(process.Endpoints.Grpc.Port, other);
            using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{other}");
            Assert.Equal(StatusCode.Unauthenticated, await GrpcMethods.CallAsync(channel, GrpcMethods.All[0], [], Ct));
        }

        Assert.Equal([cluster.Redis.Port], OnLoopback(cluster.Redis.ProcessId));
        Assert.Subset(_broker.Server!.ListeningPorts.ToHashSet(), OnLoopback(_broker.Server.ProcessId).ToHashSet());

        static IEnumerable<int> OnLoopback(int pid) => Listeners.Of(pid).Select(listener =>
        {
            Assert.True(IPAddress.IsLoopback(listener.Address), $"process {pid} listens on {listener}");
            return listener.Port;
        });
    }

    /// <summary>Headers of callers who have no key, or not quite the key.</summary>
    private static IEnumerable<Metadata> Strangers(string key)
    {
        yield return [];
        string[] values =
        [
            "Bearer not-the-cluster-key", "Bearer ", "Bearer", key, $"bearer {key}", $"Basic {key}", $"Bearer {key[..^1]}", $"Bearer {key}x",
            $"Bearer  {key}", $"Bearer {key.ToUpperInvariant()}", $"Bearer not-the-cluster-key, Bearer {key}",
        ];
        foreach (var value in values) yield return new Metadata { { "authorization", value } };
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, HttpMethod method, string path, Metadata headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(http.BaseAddress!.GetLeftPart(UriPartial.Authority) + path));
        foreach (var header in headers) request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        using var answer = await http.SendAsync(request, Ct);
        return answer.StatusCode;
    }
}
