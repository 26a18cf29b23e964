using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_the_control_api_is_misused : SimulatorTest
{
    [TestCase("""{"header":"honored"}""", "header", "ignored, honoured")]
    [TestCase("""{"header":1}""", "header", "ignored, honoured")]
    [TestCase("""{"sessionIdField":"id"}""", "sessionIdField", "session_id, uuid")]
    [TestCase("""{"badKeyStatus":500}""", "badKeyStatus", "401, 403")]
    [TestCase("""{"listLag":"soon"}""", "listLag", "duration")]
    [TestCase("""{"createDelay":"-00:00:01"}""", "createDelay", "00:00:00")]
    [TestCase("""{"conflictCount":"1"}""", "conflictCount", "whole number")]
    [TestCase("""{"reuseByVendorData":1}""", "reuseByVendorData", "true or false")]
    [TestCase("""{"apiKey":"***"}""", "apiKey", "mask")]
    [TestCase("""{"apikey":"x"}""", "apikey", "apiKey")]
    [TestCase("""{"header":"ignored","header":"honoured"}""", "body", "twice")]
    [TestCase("[]", "body", "object")]
    [TestCase("", "body", "object")]
    public async Task A_wrong_setting_is_refused_by_name_with_what_is_allowed(string body, string field, string allowed)
    {
        using var response = await Didit.PatchAsync("/simulator/settings", JsonText(body));

        await ShouldRefuseAsync(response, field, allowed);
        State.Settings.ShouldBe(new SimulatorSettings());
    }

    [TestCase("""{"operation":"create"}""", "kind", "timeoutAfterCreate")]
    [TestCase("""{"kind":"empty"}""", "operation", "any, create, list")]
    [TestCase("""{"operation":"post","kind":"empty"}""", "operation", "any, create, list")]
    [TestCase("""{"operation":"create","kind":"timeout"}""", "kind", "timeoutBeforeCreate")]
    [TestCase("""{"operation":"create","kind":"status"}""", "status", "required")]
    [TestCase("""{"operation":"create","kind":"delay"}""", "delay", "required")]
    [TestCase("""{"operation":"create","kind":"status","status":99}""", "status", "200 to 599")]
    [TestCase("""{"operation":"create","kind":"empty","count":0}""", "count", "1 or more")]
    [TestCase("""{"operation":"create","kind":"empty","skip":-1}""", "skip", "0 or more")]
    [TestCase("""{"operation":"create","kind":"empty","probability":2}""", "probability", "0 to 1")]
    [TestCase("""{"operation":"create","kind":"huge","size":0}""", "size", "bytes")]
    [TestCase("""{"operation":"create","kind":"empty","headers":{"a b":"c"}}""", "headers", "header names")]
    [TestCase("""{"operation":"create","kind":"empty","retryAfter":"\n"}""", "retryAfter", "printable")]
    [TestCase("""{"operation":"create","kind":"empty","contentType":"?"}""", "contentType", "media type")]
    [TestCase("""{"operation":"create","kind":"status","status":400,"shape":"tree"}""", "shape",
        "fieldMap, nested, array, detail, message, error")]
    [TestCase("""{"operation":"create","kind":"empty","times":1}""", "times", "is unknown; allowed are operation, kind, count")]
    public async Task A_wrong_fault_is_refused_by_name_with_what_is_allowed(string body, string field, string allowed)
    {
        using var response = await Didit.PostAsync("/simulator/faults", JsonText(body));

        await ShouldRefuseAsync(response, field, allowed);
        State.Faults.ShouldBeEmpty();
    }

    [Test]
    public async Task An_unknown_operation_is_told_and_not_taken_for_didit()
    {
        (await StatusOfAsync(Didit.GetAsync("/simulator/session"))).ShouldBe(404);

        State.Requests.ShouldBeEmpty();
    }
}
