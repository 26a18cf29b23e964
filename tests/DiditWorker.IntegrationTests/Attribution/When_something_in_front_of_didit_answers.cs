using DiditWorker.Simulator;
using NUnit.Framework;

namespace DiditWorker.IntegrationTests.Attribution;

/// <summary>A gateway answers every create with a page for some seconds. Nothing of that is Didit's word on a message.</summary>
public sealed class When_something_in_front_of_didit_answers
{
    private const int Before = 20;
    private const int Messages = 200;

    [TestCase(404, true)]
    public async Task Nothing_is_parked_and_all_is_answered_soon_after(int status, bool othersSucceededBefore)
    {
        await using var worker = await OneWorker.StartAsync();
        if (othersSucceededBefore)
        {
            await worker.PublishAsync("before", Before);
            await worker.Broker.UntilAnswersAsync(Before);
        }

        worker.Didit.AddFault(new()
        {
            Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = status, ContentType = "text/html",
            Body = "<html><head><title>Not here</title></head><body><h1>Not here</h1></body></html>",
        });

        await worker.ShouldHurtNobodyAsync(Messages, $@"\b{status}\b", worker.Didit.ClearFaults);
    }
}
