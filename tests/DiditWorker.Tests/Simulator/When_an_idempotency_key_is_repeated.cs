using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_an_idempotency_key_is_repeated : SimulatorTest
{
    [SetUp]
    public void HonourIt() => State.Configure(settings => settings with { Header = HeaderMode.Honoured, ReuseByVendorData = false });

    [Test]
    public async Task It_makes_another_session_while_keys_are_ignored()
    {
        State.Configure(settings => settings with { Header = HeaderMode.Ignored });

        (await CreatedIdAsync(key: "k")).ShouldNotBe(await CreatedIdAsync(key: "k"), StringComparer.Ordinal);
    }

    [Test]
    public async Task The_original_session_comes_back_even_when_finished()
    {
        var first = await CreatedAsync(key: "k");
        State.SetStatus((string)first["session_id"]!, "Approved");

        var again = await CreatedAsync(key: "k");

        again.ToJsonString().ShouldBe(first.ToJsonString());
        State.Sessions.Count.ShouldBe(1);
        State.Requests[1].Made.ShouldBeFalse();
    }

    [Test]
    public async Task It_is_as_new_after_the_window_counted_from_first_use()
    {
        State.Configure(settings => settings with { HeaderWindow = TimeSpan.FromHours(2) });
        var first = await CreatedIdAsync(key: "k");
        Time.Advance(TimeSpan.FromHours(1.5));
        (await CreatedIdAsync(key: "k")).ShouldBe(first);
        Time.Advance(TimeSpan.FromHours(0.5));

        (await CreatedIdAsync(key: "k")).ShouldNotBe(first, StringComparer.Ordinal);
    }

    [Test]
    public async Task It_can_always_conflict()
    {
        State.Configure(settings => settings with { RepeatReply = RepeatReply.Conflict });
        await CreatedAsync(key: "k");

        using var again = await CreateAsync(key: "k");

        ((int)again.StatusCode).ShouldBe(409);
        (await BodyAsync(again)).ContainsKey("detail").ShouldBeTrue();
    }

    [Test]
    public async Task It_can_conflict_a_number_of_times_first()
    {
        State.Configure(settings => settings with { ConflictCount = 2 });
        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            statuses.Add(await StatusOfAsync(CreateAsync(key: "k")));
        }

        statuses.ShouldBe([201, 409, 409, 201]);
        State.Sessions.Count.ShouldBe(1);
    }

    [Test]
    public async Task Another_body_conflicts()
    {
        await CreatedAsync(key: "k");

        (await StatusOfAsync(CreateAsync(Order("user-2"), "k"))).ShouldBe(409);
    }

    [Test]
    public async Task It_conflicts_while_the_first_is_still_being_processed()
    {
        State.AddFault(
            new FaultRule { Operation = DiditOperation.Create, Kind = FaultKind.Delay, Delay = TimeSpan.FromSeconds(5), Count = 1 });
        var first = CreateAsync(key: "k");
        await Time.SomebodyWaitsAsync();

        (await StatusOfAsync(CreateAsync(key: "k"))).ShouldBe(409);
        Time.Advance(TimeSpan.FromSeconds(5));
        (await StatusOfAsync(first)).ShouldBe(201);
        (await StatusOfAsync(CreateAsync(key: "k"))).ShouldBe(201);
        State.Sessions.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_refused_body_does_not_use_it_up()
    {
        (await StatusOfAsync(CreateAsync([], "k"))).ShouldBe(400);

        (await StatusOfAsync(CreateAsync(key: "k"))).ShouldBe(201);
    }
}
