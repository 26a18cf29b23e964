using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Attribution;

/// <summary>Didit says "Invalid workflow_id." Whose fault that is depends on who named the workflow.</summary>
public sealed class When_a_workflow_is_unknown
{
    private const int Messages = 300;
    private const string Other = "99999999-2222-4333-8444-555555555555";

    [TestCase(400)]
    public async Task The_default_one_holds_everything_until_it_is_there(int status)
    {
        await using var worker = await OneWorker.StartAsync(new() { OnlyWorkflow = Other, UnknownWorkflowStatus = status });

        await worker.ShouldHurtNobodyAsync(Messages, "workflow", () => worker.Didit.Configure(now => now with { OnlyWorkflow = null }));
    }

    [Test]
    public async Task One_that_a_message_names_is_refused_alone()
    {
        const int others = 30;
        await using var worker = await OneWorker.StartAsync(new() { OnlyWorkflow = Arena.Workflow });
        await worker.PublishAsync("before", others);
        await worker.Broker.PublishRawAsync("own", $$"""{"vendorData":"own","workflowId":"{{Other}}"}""");
        await worker.PublishAsync("after", others);
        var said = new List<string>();
        await Eventually.UntilAsync(
            async () =>
            {
                said.Add(await worker.Process.DiditAsync());
                return worker.Broker.Answers.Count == others + 1 + others;
            },
            OneWorker.Bound,
            "all are answered");

        var refused = worker.Broker.Rejected.ShouldHaveSingleItem();
        (refused.Text("requestId"), refused.Text("code")).ShouldBe(("own", "RefusedByDidit"));
        worker.Broker.Created.Select(answer => answer.Text("requestId")).Distinct().Count().ShouldBe(others + others);
        said.Find(text => text.Contains("paused", StringComparison.Ordinal)).ShouldBeNull();
        (await worker.RecordsAsync()).GetValueOrDefault('R').ShouldBe(1);
        (await worker.Broker.TakeAsync("start-verification_error")).BasicProperties.MessageId.ShouldBe("own");
    }
}
