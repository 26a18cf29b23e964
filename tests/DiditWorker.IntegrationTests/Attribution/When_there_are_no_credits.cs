using DiditWorker.Simulator;
using NUnit.Framework;

namespace DiditWorker.IntegrationTests.Attribution;

/// <summary>
/// The account is short of money, or closed, until somebody mends it. Didit words that in many ways; none of them is about a message.
/// </summary>
public sealed class When_there_are_no_credits
{
    private const string AsIntegratorsKnowIt =
        """{"detail":"You don't have enough credits to perform this request. Please top up at https://example.org/console"}""";

    private const int Before = 20;
    private const int Messages = 200;

    [TestCase(400, AsIntegratorsKnowIt, "credits")]
    [TestCase(403, """{"code":"contract_billing_suspended","detail":"Billing is suspended."}""", "billing")]
    public async Task Nothing_is_parked_and_all_is_answered_soon_after_the_top_up(int status, string body, string why)
    {
        await using var worker = await OneWorker.StartAsync();
        await worker.PublishAsync("before", Before);
        await worker.Broker.UntilAnswersAsync(Before);
        worker.Didit.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = status, Body = body });

        await worker.ShouldHurtNobodyAsync(Messages, why, worker.Didit.ClearFaults);
    }
}
