using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_health_is_asked_for : SimulatorTest
{
    private const string Path = "/system/healthcheck";

    [Test]
    public async Task It_is_good_without_a_key_and_beyond_any_limit()
    {
        State.Configure(settings => settings with
        {
            ApiKey = "right",
            RequestsPerMinute = 1,
            GetsPerMinute = 1,
            WithoutSlash = WithoutSlash.Refused,
        });
        for (var i = 0; i < 5; i++)
        {
            ((string)(await GetAsync(Path))["status"]!).ShouldBe("ok");
        }

        State.Requests.Select(request => request.Operation).Distinct().ShouldBe([DiditOperation.Health]);
        Didit.DefaultRequestHeaders.Add("x-api-key", "right");
        await CreatedAsync();
        await ListedAsync();
    }

    [Test]
    public async Task Only_a_fault_that_names_it_hits_it()
    {
        State.AddFault(new() { Operation = DiditOperation.Any, Kind = FaultKind.Status, Status = 503 });
        (await StatusOfAsync(Didit.GetAsync(Path))).ShouldBe(200);

        State.AddFault(new() { Operation = DiditOperation.Health, Kind = FaultKind.Status, Status = 503, Count = 1 });

        (await StatusOfAsync(Didit.GetAsync(Path))).ShouldBe(503);
        (await StatusOfAsync(Didit.GetAsync(Path))).ShouldBe(200);
        (await StatusOfAsync(Didit.GetAsync("/simulator/requests?operation=health"))).ShouldBe(200);
    }
}
