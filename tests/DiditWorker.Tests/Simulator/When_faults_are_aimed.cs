using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_faults_are_aimed : SimulatorTest
{
    private static FaultRule Refuse(int status = 503, DiditOperation operation = DiditOperation.Create) =>
        new() { Operation = operation, Kind = FaultKind.Status, Status = status };

    private async Task<int[]> CreateManyAsync(int count)
    {
        var statuses = new int[count];
        for (var i = 0; i < count; i++)
        {
            statuses[i] = await StatusOfAsync(CreateAsync());
        }

        return statuses;
    }

    [Test]
    public async Task They_fire_as_often_as_counted_after_those_skipped()
    {
        var id = State.AddFault(Refuse() with { Skip = 1, Count = 2 });

        (await CreateManyAsync(5)).ShouldBe([201, 503, 503, 201, 201]);
        State.Faults.Single().ShouldBe(new FaultReport(id, 2, State.Faults.Single().Rule));
    }

    [Test]
    public async Task They_fire_until_cleared()
    {
        State.AddFault(Refuse());
        (await CreateManyAsync(3)).ShouldBe([503, 503, 503]);

        State.ClearFaults();

        (await CreateManyAsync(1)).ShouldBe([201]);
    }

    [Test]
    public async Task The_first_that_fires_wins()
    {
        State.AddFault(Refuse(502) with { Count = 1 });
        var second = State.AddFault(Refuse(503) with { Count = 1 });
        State.AddFault(Refuse(504));

        (await CreateManyAsync(3)).ShouldBe([502, 503, 504]);
        State.RemoveFault(second).ShouldBeTrue();
        State.RemoveFault(second).ShouldBeFalse();
        State.Faults.Count.ShouldBe(2);
    }

    [Test]
    public async Task The_same_seed_gives_the_same_luck()
    {
        State.AddFault(Refuse() with { Probability = 0.5, Seed = 7 });
        var first = await CreateManyAsync(30);
        State.Reset();
        State.AddFault(Refuse() with { Probability = 0.5, Seed = 7 });

        (await CreateManyAsync(30)).ShouldBe(first);
        first.Distinct().Count().ShouldBe(2);
    }

    [Test]
    public async Task Only_the_named_vendor_data_or_key_is_hit()
    {
        State.AddFault(Refuse(502) with { VendorData = "user-1" });
        State.AddFault(Refuse(503) with { IdempotencyKey = "k" });

        (await StatusOfAsync(CreateAsync(Order("user-1"), "k"))).ShouldBe(502);
        (await StatusOfAsync(CreateAsync(Order("user-2"), "k"))).ShouldBe(503);
        (await StatusOfAsync(CreateAsync(Order("user-2"), "K"))).ShouldBe(201);
    }

    [TestCase(DiditOperation.Create, new[] { 503, 200, 200, 204 })]
    [TestCase(DiditOperation.List, new[] { 201, 503, 200, 204 })]
    [TestCase(DiditOperation.Decision, new[] { 201, 200, 503, 204 })]
    [TestCase(DiditOperation.Delete, new[] { 201, 200, 200, 503 })]
    [TestCase(DiditOperation.Any, new[] { 503, 503, 503, 503 })]
    public async Task Only_the_named_operation_is_hit(DiditOperation operation, int[] statuses)
    {
        var id = State.Seed(new SessionSeed { VendorData = "u", WorkflowId = Workflow }).SessionId;
        State.AddFault(Refuse(operation: operation) with { VendorData = "u" });

        int[] answers =
        [
            await StatusOfAsync(CreateAsync(Order("u"))),
            await StatusOfAsync(Didit.GetAsync("/v3/sessions/?vendor_data=u")),
            await StatusOfAsync(Didit.GetAsync($"/v3/session/{id}/decision/")),
            await StatusOfAsync(Didit.DeleteAsync($"/v3/session/{id}/delete/")),
        ];

        answers.ShouldBe(statuses);
    }
}
