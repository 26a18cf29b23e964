using System.Net.Http.Json;
using System.Text;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.IntegrationTests.Strange.WireProperties;

namespace DiditWorker.IntegrationTests.Strange;

/// <summary>A broker acts upon some properties each time that a message is published: when the worker moves it, too.</summary>
public sealed class When_the_broker_would_refuse_to_move_it
{
    private const string Error = "start-verification_error";
    private const string Skipped = "start-verification_skipped";
    private const string Other =
        """{"messageId":"0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11","messageType":["urn:message:Somebody.Else:Event"],"message":{}}""";

    [Test]
    public async Task Another_users_message_is_parked_once_and_rejected_once()
    {
        await using var world = await StrangeWorld.OpenAsync();
        var user = await AddUserAsync(world);
        await using var publisher = new StrangePublisher(
            world.Arena.ConnectionString.Replace("//tests:tests@", $"//{user}:secret@", StringComparison.Ordinal));
        await world.AmongGoodOnesAsync(async () =>
        {
            (await publisher.TryPublishAsync(Request("strange").Set("user_id", Short(user)).Build(), "{}"u8.ToArray())).ShouldBeTrue();
            var skipped = Request("skipped").Set("user_id", Short(user)).Set("content_type", Short("application/vnd.masstransit+json"));
            (await publisher.TryPublishAsync(skipped.Build(), Encoding.UTF8.GetBytes(Other))).ShouldBeTrue();
        });

        await world.UntilAnsweredAsync(strange: 1);
        var parked = await world.Arena.Broker.TakeAsync(Error);
        parked.BasicProperties.UserId.ShouldBeNull();
        TestBroker.Header(parked, "DiditWorker-Parked-User-Id").ShouldBe(user);
        TestBroker.Header(await world.Arena.Broker.TakeAsync(Skipped), "DiditWorker-Parked-User-Id").ShouldBe(user);
        (await world.Arena.Broker.DepthAsync(Error)).ShouldBe(0u);
        world.Of("strange").ShouldBe((0, 1));
        await world.IsUnharmedAsync();
    }

    [Test]
    public async Task What_is_parked_or_skipped_never_expires()
    {
        await using var world = await StrangeWorld.OpenAsync();
        var expiring = Request("strange").Set("expiration", Short("30000"));
        await world.Publisher.TryPublishAsync(expiring.Build(), "{}"u8.ToArray());
        await world.Publisher.TryPublishAsync(
            expiring.Set("content_type", Short("application/vnd.masstransit+json")).Build(), Encoding.UTF8.GetBytes(Other));

        // MassTransit itself drops it on the way to the error queue.
        (await world.Arena.Broker.TakeAsync(Error)).BasicProperties.Expiration.ShouldBeNull();
        var skipped = await world.Arena.Broker.TakeAsync(Skipped);
        skipped.BasicProperties.Expiration.ShouldBeNull();
        TestBroker.Header(skipped, "DiditWorker-Parked-Expiration").ShouldBe("30000");
    }

    [TestCase("CC")]
    [TestCase("BCC")]
    public async Task No_copy_of_it_is_delivered_elsewhere(string header)
    {
        await using var world = await StrangeWorld.OpenAsync();
        var copies = Table((header, Value('A', List(Value('S', Long(Encoding.ASCII.GetBytes(TestBroker.Queue)))))));
        (await world.Publisher.TryPublishAsync(Request("strange").Set("headers", copies).Build(), "{}"u8.ToArray())).ShouldBeTrue();

        (await world.Arena.Broker.TakeAsync(Error)).BasicProperties.Headers!.ShouldNotContainKey(header);
        world.Of("strange").Rejected.ShouldBe(1);
        (await world.Arena.Broker.DepthAsync(TestBroker.Queue)).ShouldBe(0u);
    }

    // MassTransit copies the headers of an envelope onto whatever is published for it.
    [TestCase("""{"CC":17}""")]
    [TestCase("""{"CC":"start-verification","BCC":{"a":1},"x-delay":"z"}""")]
    [TestCase("LONG")]
    public async Task Headers_of_an_envelope_do_not_keep_it_from_being_answered(string headers)
    {
        await using var world = await StrangeWorld.OpenAsync();
        headers = headers.Replace("LONG", $$"""{"{{new string('n', 300)}}":"x"}""", StringComparison.Ordinal);
        const string id = "0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11";
        await world.AmongGoodOnesAsync(() => world.Arena.Broker.PublishBytesAsync(id, Encoding.UTF8.GetBytes($$"""
            {"messageId":"{{id}}","messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":{"vendorData":"s"},"headers":{{headers}}}
            """), "application/vnd.masstransit+json", timestamp: null));

        await world.UntilAnsweredAsync(strange: 1);
        world.Of(id).ShouldBe((1, 0));
        await world.IsUnharmedAsync();
    }

    private static async Task<string> AddUserAsync(StrangeWorld world)
    {
        var host = new Uri(world.Arena.ConnectionString).AbsolutePath;
        var user = "p" + host.Trim('/');
        using var management = world.Arena.RabbitMq.ManagementClient();
        (await management.PutAsJsonAsync($"api/users/{user}", new { password = "secret", tags = "" })).EnsureSuccessStatusCode();
        (await management.PutAsJsonAsync(
            $"api/permissions{host}/{user}", new { configure = "", write = ".*", read = ".*" })).EnsureSuccessStatusCode();
        return user;
    }
}
