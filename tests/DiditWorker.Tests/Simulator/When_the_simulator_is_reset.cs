using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_the_simulator_is_reset : SimulatorTest
{
    [Test]
    public async Task Everything_is_as_at_the_start()
    {
        State.Configure(settings => settings with { RequestsPerMinute = 1, Header = HeaderMode.Honoured });
        State.AddFault(new FaultRule { Operation = DiditOperation.List, Kind = FaultKind.Empty });
        await CreatedAsync(key: "k");

        (await StatusOfAsync(Didit.PostAsync("/simulator/reset", content: null))).ShouldBe(204);

        State.Sessions.ShouldBeEmpty();
        State.Requests.ShouldBeEmpty();
        State.Faults.ShouldBeEmpty();
        State.Settings.ShouldBe(new SimulatorSettings());
        State.Configure(settings => settings with { RequestsPerMinute = 1, Header = HeaderMode.Honoured });
        await CreatedAsync(Order("user-2"), "k");
        State.Requests.Single().Sequence.ShouldBe(1);
    }

    [Test]
    public async Task Settings_return_to_those_it_was_started_with()
    {
        var started = new SimulatorSettings { ApiKey = "right", RequestsPerMinute = 5 };
        await using var other = await SimulatorServer.StartAsync(settings: started);
        other.State.Configure(settings => settings with { ApiKey = null, RequestsPerMinute = 6 });

        other.State.Reset();

        other.State.Settings.ShouldBe(started);
    }

    [Test]
    public async Task A_create_in_progress_is_cut_off_and_leaves_no_trace()
    {
        State.Configure(settings => settings with { CreateDelay = TimeSpan.FromSeconds(5) });
        var create = CreateAsync();
        await Time.SomebodyWaitsAsync();

        State.Reset();

        await Should.ThrowAsync<HttpRequestException>(create);
        Time.Advance(TimeSpan.FromSeconds(5));
        State.Sessions.ShouldBeEmpty();
        State.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task It_stops_at_once_even_with_a_request_that_is_never_answered()
    {
        var other = await SimulatorServer.StartAsync();
        other.State.AddFault(new FaultRule { Operation = DiditOperation.List, Kind = FaultKind.TimeoutBeforeCreate });
        var hanging = Didit.GetAsync(new Uri(other.Address, "/v3/sessions/"));
        await EventuallyAsync(() => other.State.Requests.Count == 1);

        await other.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(3));

        await Should.ThrowAsync<HttpRequestException>(hanging);
    }

    [Test]
    public async Task Wrong_settings_stop_the_start()
    {
        var error = await Should.ThrowAsync<InvalidInputException>(
            SimulatorServer.StartAsync(settings: new SimulatorSettings { BadKeyStatus = 500, ConflictCount = -1 }));

        error.Errors.Keys.ShouldBe(["badKeyStatus", "conflictCount"], ignoreOrder: true);
    }
}
