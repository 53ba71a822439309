namespace Cluster.Client.Tests;

public sealed class ConnectionStringTests
{
    [Theory]
    [InlineData("Endpoint=http://localhost:5001;Key=abc=def")]
    [InlineData(" key=abc=def ; endpoint=http://localhost:5001; ")]
    public void Parse_EndpointAndKey_AreTaken(string text)
    {
        var connection = ClusterConnection.Parse(text);

        Assert.Equal((new Uri("http://localhost:5001"), "abc=def"), (connection.Address, connection.Key));
    }

    [Theory]
    [InlineData("", "connection string: Endpoint: '': must be of the form http://host:port")]
    [InlineData("Endpoint=localhost;Key=secret", "connection string: Endpoint: 'localhost': must be of the form http://host:port")]
    [InlineData("Endpoint=http://localhost:5001", "connection string: Key: must have visible ASCII characters only, and at least one")]
    [InlineData("Endpoint=http://localhost:5001;Key=a b", "connection string: Key: must have visible ASCII characters only, and at least one")]
    [InlineData("Endpoint=http://localhost:5001;Pasword=secret", "connection string: 'Pasword': must be of the form Endpoint=http://host:port;Key=…")]
    [InlineData("localhost:5001", "connection string: 'localhost:5001': must be of the form Endpoint=http://host:port;Key=…")]
    public void Parse_SomethingElse_SaysWhatIsWrong(string text, string message)
        => Assert.Equal(message, Assert.Throws<FormatException>(() => ClusterConnection.Parse(text)).Message);
}
