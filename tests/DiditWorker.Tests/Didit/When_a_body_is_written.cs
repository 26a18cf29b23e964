using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DiditWorker.Didit;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_a_body_is_written
{
    private const string Workflow = "11111111-2222-3333-4444-555555555555";
    private const string Callback = "https://default.example/done";
    private const string Key = "b2d1c381-5832-56a2-9bf3-b533fd568454";

    [Test]
    public void The_key_stands_beside_the_callers_metadata() => ShouldBe(
        Write("""{"vendor_data":"user-1","metadata":{"order":7,"diditworker":"x"}}"""),
        $$$"""{"workflow_id":"{{{Workflow}}}","vendor_data":"user-1","metadata":{"order":7,"diditworker":"x","diditworker_key":"{{{Key}}}"}}""");

    [Test]
    public void The_key_is_there_without_metadata_too() => ShouldBe(
        Write("""{"vendor_data":"user-1"}"""),
        $$$"""{"workflow_id":"{{{Workflow}}}","vendor_data":"user-1","metadata":{"diditworker_key":"{{{Key}}}"}}""");

    [Test]
    public void A_default_callback_stands_in_where_the_message_is_silent() =>
        Write("""{"vendor_data":"user-1"}""", Callback)["callback"]!.GetValue<string>().ShouldBe(Callback);

    [Test]
    public void A_default_callback_never_replaces_the_messages_own() =>
        Write("""{"vendor_data":"user-1","callback":"myapp://done"}""", Callback)["callback"]!.GetValue<string>().ShouldBe("myapp://done");

    [Test]
    public void No_callback_is_sent_where_there_is_none() => Write("""{"vendor_data":"user-1"}""").ContainsKey("callback").ShouldBeFalse();

    [Test]
    public void The_workflow_is_sent_once() =>
        Text($$$"""{"vendor_data":"user-1","workflow_id":"{{{Workflow}}}"}""").Split("workflow_id").Length.ShouldBe(2);

    [Test]
    public void Everything_else_goes_through_unchanged() => ShouldBe(
        Write("""{"vendor_data":"ü😀","contact_details":{"email":"a@b.example"},"expected_details":{"gender":null},"language":"de"}"""),
        $$$"""
        {"workflow_id":"{{{Workflow}}}","vendor_data":"ü😀","contact_details":{"email":"a@b.example"},"expected_details":{"gender":null},"language":"de",
         "metadata":{"diditworker_key":"{{{Key}}}"}}
        """);

    [Test]
    public void Numbers_keep_their_digits() => Text("""{"metadata":{"a":1.50,"b":12345678901234567890123,"c":1e-40,"d":[-0.0]}}""")
        .ShouldContain("""
            "a":1.50,"b":12345678901234567890123,"c":1e-40,"d":[-0.0]
            """);

    [Test]
    public void The_same_request_always_gives_the_same_bytes()
    {
        const string payload = """{"vendor_data":"user-1","metadata":{"b":1,"a":2}}""";

        Text(payload).ShouldBe(Text(payload));
    }

    private static string Text(string payload, string? callback = null) =>
        Encoding.UTF8.GetString(CreateBody.Write(JsonElement.Parse(payload), Workflow, callback, new IdempotencyKey(new Guid(Key))));

    private static JsonObject Write(string payload, string? callback = null) => JsonNode.Parse(Text(payload, callback))!.AsObject();

    private static void ShouldBe(JsonObject body, string expected) =>
        JsonNode.DeepEquals(body, JsonNode.Parse(expected)).ShouldBeTrue(body.ToJsonString());
}
