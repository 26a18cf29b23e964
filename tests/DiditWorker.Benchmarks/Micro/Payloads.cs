using System.Text.Json;

namespace DiditWorker.Benchmarks.Micro;

/// <summary>What a message asks Didit for, as <c>StartVerificationReader</c> writes it down.</summary>
internal static class Payloads
{
    private const string Head = """{"vendor_data":"user-1","workflow_id":"11111111-2222-3333-4444-555555555555" """;

    public static JsonElement Small { get; } = JsonElement.Parse(Head + "}");

    public static JsonElement Typical { get; } = JsonElement.Parse(Head + """
        ,"callback":"https://shop.example/verified?order=42","language":"de",
        "metadata":{"order":"42","tenant":"shop.example","amount":129.90,"items":3,"tags":["new","eu"],"note":"Größe <L>"},
        "contact_details":{"email":"erika@example.org","phone":"+491701234567","email_lang":"de","send_notification_emails":true},
        "expected_details":{"first_name":"Erika","last_name":"Mustermann","date_of_birth":"1985-12-31","nationality":"DEU"}}
        """);

    /// <summary>With about 16 KiB of metadata, the most that the worker takes.</summary>
    public static JsonElement Large
    { get; } = JsonElement.Parse(Head + ",\"metadata\":{" + string.Join(',', Enumerable.Range(0, 180).Select(Item)) + "}}");

    private static string Item(int i) => $$"""
        "item-{{i * 7919 % 1000}}-{{i}}":{"sku":"SKU-{{i:D8}}","price":{{i}}.50,"count":{{i % 9}},"gift":false,"text":"line {{i}}"}
        """;
}
