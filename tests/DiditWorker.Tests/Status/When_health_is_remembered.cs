using System.Diagnostics.Metrics;
using DiditWorker.Status;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;
using Part = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;

namespace DiditWorker.Tests.Status;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class When_health_is_remembered
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon);
    private readonly FakeLogger<HealthHistory> _logs = new();
    private ServiceProvider _services = null!;
    private HealthHistory _history = null!;

    [SetUp]
    public void Begin()
    {
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        _history = new(_time, _services.GetRequiredService<IMeterFactory>(), _logs);
    }

    [TearDown]
    public void End() => _services.Dispose();

    [Test]
    public void A_part_is_so_since_it_was_first_seen_so()
    {
        _history.Note(Report("redis", Part.Healthy));
        _time.Advance(TimeSpan.FromMinutes(5));
        _history.Note(Report("redis", Part.Healthy)).Parts["redis"].Since.ShouldBe(Noon);
        _history.Note(Report("redis", Part.Unhealthy)).Parts["redis"].Since.ShouldBe(Noon.AddMinutes(5));
        _time.Advance(TimeSpan.FromMinutes(5));
        _history.Note(Report("redis", Part.Unhealthy, "other words")).Parts["redis"].Since.ShouldBe(Noon.AddMinutes(5));
    }

    [Test]
    public void Each_change_is_logged_once()
    {
        _history.Note(Report("redis", Part.Healthy));
        _history.Note(Report("redis", Part.Unhealthy, "does not answer"));
        _history.Note(Report("redis", Part.Unhealthy, "does not answer"));
        _history.Note(Report("redis", Part.Healthy, "answers"));

        Lines().ShouldBe(["Warning 4 redis is Unhealthy: does not answer", "Information 4 redis is Healthy: answers"]);
    }

    [Test]
    public void Within_ten_seconds_of_the_start_it_is_no_news_that_a_part_has_not_come_up_yet_but_that_it_has_is()
    {
        _history.Note(Report("broker", Part.Unhealthy, "not connected (Not ready: not started)"));
        _time.Advance(TimeSpan.FromSeconds(9));
        _history.Note(Report("broker", Part.Unhealthy, "not connected (Not ready: not started)")).Status.ShouldBe("Unhealthy");
        Lines().ShouldBeEmpty();

        _history.Note(Report("broker", Part.Healthy, "connected"));
        _history.Note(Report("broker", Part.Healthy, "connected"));

        Lines().ShouldBe(["Information 4 broker is Healthy: connected"]);
    }

    [Test]
    public void After_that_it_is()
    {
        _history.Note(Report("broker", Part.Unhealthy, "not connected", (HealthHistory.Action, "look")));
        _time.Advance(TimeSpan.FromSeconds(10));

        for (var i = 0; i < 3; i++)
        {
            _history.Note(Report("broker", Part.Unhealthy, "not connected", (HealthHistory.Action, "look")));
        }

        Lines().ShouldBe(["Warning 4 broker is Unhealthy: not connected"]);
    }

    [Test]
    public void A_part_that_was_healthy_gets_no_grace()
    {
        _history.Note(Report("redis", Part.Healthy, "answers"));
        _history.Note(Report("redis", Part.Unhealthy, "does not answer"));

        Lines().ShouldBe(["Warning 4 redis is Unhealthy: does not answer"]);
    }

    [Test]
    public void A_check_that_knows_since_when_is_believed()
    {
        var pause = Noon.AddMinutes(-7);

        var part = _history.Note(Report("didit", Part.Degraded, "paused", (HealthHistory.Since, pause), (HealthHistory.Action, "wait")))
            .Parts["didit"];

        part.Since.ShouldBe(pause);
        part.Action.ShouldBe("wait");
        part.Description.ShouldBe("paused");
    }

    [Test]
    public void The_whole_is_as_bad_as_its_worst_part_and_unknown_before_the_first_look()
    {
        _history.Latest.Status.ShouldBe("Unknown");
        _history.Note(Report("redis", Part.Healthy)).Status.ShouldBe("Healthy");
        _history.Note(Report("didit", Part.Degraded)).Status.ShouldBe("Degraded");
        _history.Note(Report("redis", Part.Unhealthy)).Status.ShouldBe("Unhealthy");
    }

    [Test]
    public void Each_part_has_a_gauge()
    {
        using var gauge =
            new MetricCollector<int>(_services.GetRequiredService<IMeterFactory>(), "DiditWorker", "diditworker.health.status");
        _history.Note(Report("redis", Part.Degraded));
        _history.Note(Report("broker", Part.Unhealthy));

        gauge.RecordObservableInstruments();

        gauge.GetMeasurementSnapshot().Select(m => $"{m.Tags["part"]} {m.Value}").Order(StringComparer.Ordinal)
            .ShouldBe(["broker 0", "redis 1"]);
    }

    private IEnumerable<string> Lines() =>
        _logs.Collector.GetSnapshot().Select(line => $"{line.Level} {line.Id.Id} {line.Message}");

    private static HealthReport Report(string check, Part status, string? description = null, params (string Name, object Value)[] data) =>
        new(
        new Dictionary<string, HealthReportEntry>(StringComparer.Ordinal)
        {
            [check] = new(
                status, description, TimeSpan.Zero, exception: null,
                data.ToDictionary(item => item.Name, item => item.Value, StringComparer.Ordinal)),
        },
        TimeSpan.Zero);
}
