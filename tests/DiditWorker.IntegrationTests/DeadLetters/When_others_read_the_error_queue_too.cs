using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

public sealed class When_others_read_the_error_queue_too
{
    private const string Error = "start-verification_error";

    [Test]
    public async Task A_pass_ends_with_what_they_have_left()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkManyAsync(3, i => ($"order-{i}", "{}"), "System.IO.IOException");
        await using var connection = await new ConnectionFactory { Uri = new(arena.ConnectionString) }.CreateConnectionAsync();
        await using var scan = (await Operating.BrokerOn(connection).ScanAsync(Error, CancellationToken.None))!;
        await arena.Broker.TakeAsync(Error);

        var read = new List<string?>();
        await foreach (var (_, properties, _) in scan.ReadAsync(CancellationToken.None))
        {
            read.Add(properties.MessageId);
        }

        scan.Count.ShouldBe(3u);
        read.ShouldBe(["order-1", "order-2"]);
    }
}
