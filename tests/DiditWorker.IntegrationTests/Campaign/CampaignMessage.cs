using System.Globalization;
using System.Text;
using DiditWorker.Protocol;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>A delivery after the first one.</summary>
/// <param name="After">How long after it; zero: at the same time.</param>
/// <param name="Flagged">Whether it says that it is a replay.</param>
internal sealed record Repeat(TimeSpan After, bool Flagged);

/// <summary>A message as the seed plans it: its id, its form and how often it is delivered. A pure function of seed and number.</summary>
internal sealed record CampaignMessage(string Id, bool Envelope, string VendorData, DateTimeOffset SentAt, IReadOnlyList<Repeat> Repeats)
{
    private const string Exchange = "DiditWorker.Contracts:StartVerification";

    public string RequestId { get; } = DiditWorker.Protocol.RequestId.Normalize(Id);

    public string Key { get; } = IdempotencyKey.Create("start-verification", Id).ToString();

    public string ContentType => Envelope ? "application/vnd.masstransit+json" : "application/json";

    public static CampaignMessage Plan(int seed, int number)
    {
        var random = new Random(unchecked((seed * 486187739) + number));
        var id = new byte[16];
        random.NextBytes(id);
        var envelope = random.Next(2) == 0;
        var text = new Guid(id).ToString();
        text = envelope || random.Next(2) == 0 ? text : random.Next(2) == 0 ? text.ToUpperInvariant() : $"order {number}/{text[..8]}";
        var repeats = Enumerable.Range(0, random.Next(4)).Select(_ => PlanRepeat(random)).ToList();
        return new(text, envelope, $"user-{number}-{text[..4]}", DateTimeOffset.UtcNow, repeats);
    }

    /// <summary>The same bytes for every delivery.</summary>
    public byte[] Body()
    {
        var message = $$"""{"vendorData":"{{VendorData}}","language":"en","metadata":{"n":{{VendorData.Length}} } }""";
        var sent = SentAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetBytes(Envelope
            ? $$"""{"messageId":"{{Id}}","messageType":["urn:message:{{Exchange}}"],"message":"""
                + $$"""{{message}},"sentTime":"{{sent}}"{{Respond}}}"""
            : message);
    }

    // Some want their answer where nobody is, which is their own business.
    private string Respond => (Id[0] % 4) switch
    {
        0 => ",\"responseAddress\":\"rabbitmq://localhost/amq.gen-JzTY20BRgKO-HjmUJj0wLg\"",
        1 => ",\"responseAddress\":\"rabbitmq://localhost/gone?temporary=true\"",
        _ => "",
    };

    private static Repeat PlanRepeat(Random random) => random.Next(4) switch
    {
        0 or 1 => new(TimeSpan.Zero, Flagged: random.Next(8) == 0),
        2 => new(TimeSpan.FromMilliseconds(random.Next(50, 3_000)), Flagged: random.Next(4) == 0),
        _ => new(TimeSpan.FromMilliseconds(random.Next(3_000, 30_000)), Flagged: random.Next(2) == 0),
    };
}
