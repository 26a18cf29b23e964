using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Monitoring;

/// <summary>
/// The shipped worker, a real RabbitMQ, Redis and Prometheus, and a run with a bit of everything: whatever a dashboard or a rule asks for
/// is there.
/// </summary>
public sealed class When_a_real_prometheus_scrapes
{
    private const string Input = "start-verification";
    private const int Orders = 20;
    private const int Batch = (2 * Orders) + 2;
    private const int MostBatches = 12;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(90);

    private Arena _arena = null!;
    private WorkerProcess _worker = null!;
    private RedisExporter _exporter = null!;
    private PrometheusServer _prometheus = null!;
    private DateTimeOffset _start;

    [OneTimeSetUp]
    public async Task SetUpAsync()
    {
        Programs.Require(Programs.Prometheus);
        Programs.Require(Programs.RedisExporter);
        var rabbitMq = await TestServers.RabbitMqAsync();
        _arena = await Arena.OpenAsync();
        _arena.Settings["StartVerification:QueueWatchInterval"] = "00:00:00.500";
        _arena.Settings["Didit:CreatesPerDay"] = "1000000";
        _worker = WorkerProcess.Start(_arena.Settings);
        await _worker.UntilReadyAsync();
        _exporter = await RedisExporter.StartAsync(_arena.Redis);
        _start = DateTimeOffset.UtcNow;
        _prometheus = await PrometheusServer.StartAsync(
            new("diditworker", _worker.Address.Authority),
            new("rabbitmq", rabbitMq.Metrics),
            new("rabbitmq-queues", rabbitMq.Metrics, "/metrics/detailed", "queue_coarse_metrics", "queue_consumer_count"),
            new("redis", _exporter.Address));
        await Eventually.UntilAsync(async () => await UpAsync() == 4, Bound, "all four jobs are scraped");
        await RunAsync();
        await _arena.OperateAsync("reconcile");
    }

    [OneTimeTearDown]
    public async Task TearDownAsync()
    {
        // After a set-up that failed, or was skipped for want of a program, some were never started.
        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
        }

        if (_exporter is not null)
        {
            await _exporter.DisposeAsync();
        }

        if (_worker is not null)
        {
            await _worker.DisposeAsync();
        }

        if (_arena is not null)
        {
            await _arena.DisposeAsync();
        }
    }

    [Test, Order(1)]
    public async Task Every_metric_that_is_named_exists()
    {
        var named = Expressions().SelectMany(one => MetricNames.Of(one.Expression)).Concat(await RuleNamesAsync())
            .ToHashSet(StringComparer.Ordinal);
        named.Count.ShouldBeGreaterThan(30);

        // RabbitMQ tells of queues a few seconds late.
        string[] missing = [];
        try
        {
            await Eventually.UntilAsync(
                async () => (missing = [.. named.Except(await _prometheus.NamesAsync(), StringComparer.Ordinal)])
                    .Length == 0, Bound, "every metric that is named");
        }
        catch (AssertionException)
        {
            missing.ShouldBeEmpty();
            throw;
        }

        var series = await _prometheus.SeriesAsync("{job=\"diditworker\",__name__!~\"up|scrape_.*\"}");
        TestContext.Progress.WriteLine(
            $"Monitoring: {named.Count} metrics are named; the worker exports {series.Count} series, {series.Count(IsOwn)} of its own "
                + "meter");
    }

    [Test, Order(2)]
    public async Task Every_rule_is_evaluated()
    {
        await Eventually.UntilAsync(
            async () => (await _prometheus.RulesAsync())
                .All(rule => rule.GetProperty("health").GetString() != "unknown"), Bound, "every rule was evaluated");
        var rules = await _prometheus.RulesAsync();
        rules.Select(rule => rule.GetProperty("name").GetString())
            .ShouldBe(AlertRules.Read().Select(rule => rule.Alert), ignoreOrder: true);
        foreach (var rule in rules)
        {
            rule.GetProperty("health").GetString().ShouldBe("ok", rule.GetRawText());
            await _prometheus.QueryAsync(rule.GetProperty("query").GetString()!);
        }

        TestContext.Progress.WriteLine($"Monitoring: {rules.Count} expressions of rules are evaluated");
    }

    [Test, Order(3)]
    public async Task Every_panel_has_data()
    {
        var asked = Expressions().ToList();
        asked.Count.ShouldBeGreaterThan(50);

        // A rate needs two scrapes with something between them, and on a busy machine scrapes time out: what has none yet is given more to
        // count.
        var empty = await EmptyAsync(asked);
        for (var batch = 2; empty.Count > 0 && batch < MostBatches; batch++)
        {
            await BatchAsync(batch);
            await UntilScrapedAsync();
            empty = await EmptyAsync(empty);
        }

        empty.ShouldBeEmpty();
        TestContext.Progress.WriteLine(
            $"Monitoring: {asked.Count} expressions of {Dashboard.ReadAll().Sum(one => one.Panels.Count())} panels return data");
    }

    [Test, Order(4)]
    public async Task The_checks_see_what_is_wrong()
    {
        await Should.ThrowAsync<ArgumentException>(() => _prometheus.QueryAsync("sum(rate(up[1m])"));
        (await _prometheus.QueryAsync("diditworker_no_such_metric", _start, DateTimeOffset.UtcNow)).ShouldBeEmpty();
        (await _prometheus.NamesAsync()).ShouldNotContain("diditworker_no_such_metric");
    }

    [Test, Order(5)]
    public async Task The_dead_letters_of_the_run_raise_an_alert_and_a_healthy_system_raises_no_other()
    {
        await Eventually.UntilAsync(
            async () => (await _prometheus.AlertsAsync()).Contains("DeadLetters"), Bound, "DeadLetters is on its way");
        (await _prometheus.AlertsAsync()).Distinct().ShouldBe(["DeadLetters"]);
        (await _prometheus.QueryAsync($"max(diditworker_deadletters{{queue=\"{Input}_error\"}})")).ShouldBe([3]);
        (await _prometheus.QueryAsync($"max(diditworker_deadletters{{queue=\"{Input}_skipped\"}})")).ShouldBe([1]);
    }

    [Test, Order(6)]
    public async Task A_worker_that_goes_is_missed()
    {
        (await _worker.TerminateAsync()).ShouldBe(0);
        string[] expected = ["ConsumerGone", "WorkersGone", "WorkerDown"];
        await Eventually.UntilAsync(
            async () => expected.Except(await _prometheus.AlertsAsync(), StringComparer.Ordinal)
                .Any() is false, Bound, string.Join(", ", expected));
    }

    private async Task<List<(string Panel, string Expression)>> EmptyAsync(List<(string Panel, string Expression)> asked)
    {
        var empty = new List<(string, string)>();
        foreach (var (panel, expression) in asked)
        {
            var range = $"{(int)(DateTimeOffset.UtcNow - _start).TotalSeconds + 1}s";
            if (!(await _prometheus.QueryAsync(Dashboard.Fill(expression, range), _start, DateTimeOffset.UtcNow)).Any(double.IsFinite))
            {
                empty.Add((panel, expression));
            }
        }

        return empty;
    }

    private static bool IsOwn(System.Text.Json.JsonElement series) =>
        series.GetProperty("__name__").GetString()!.StartsWith("diditworker_", StringComparison.Ordinal);

    private static IEnumerable<(string Panel, string Expression)> Expressions() => Dashboard.ReadAll().SelectMany(
        dashboard =>
        dashboard.Panels.SelectMany(panel => panel.Expressions.Select(expression => ($"{dashboard.File}, {panel.Title}", expression))));

    private async Task<IEnumerable<string>> RuleNamesAsync() =>
        (await _prometheus.RulesAsync()).SelectMany(rule => MetricNames.Of(rule.GetProperty("query").GetString()!));

    private async Task<double> UpAsync() => (await _prometheus.QueryAsync("sum(up)")).SingleOrDefault();

    // Creates, repeats, attempts that fail in each way, and dead letters.
    private async Task RunAsync()
    {
        // One of each: their series appear with the 1 and grow no more, so that no share of failures is over a limit, however the scrapes
        // fall.
        Fault(FaultKind.Status, 429);
        Fault(FaultKind.StatusAfterCreate, 502);
        Fault(FaultKind.ResetBeforeCreate, status: null);
        await BatchAsync(0);

        // A series that appears with its last value shows no increase, so the second batch comes after a scrape that has seen the first.
        await UntilScrapedAsync();
        await BatchAsync(1);
        await _arena.Broker.PublishRawAsync("order-0-0", """{"vendorData":"somebody-else"}""");
        await _arena.Broker.PublishRawAsync("bad-1", """{"vendorData":""}""");
        await _arena.Broker.PublishRawAsync("bad-2", """{"vendorData":1}""");
        await _arena.Broker.PublishEnvelopeAsync("0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11", "{}", type: "Somebody.Else:Event");
        await _arena.Broker.UntilAnswersAsync((2 * Batch) + 3);
        await Eventually.UntilAsync(
            async () => (await _prometheus.QueryAsync("sum(max by (queue) (diditworker_deadletters))"))
                .SingleOrDefault() == 4, Bound, "the dead letters are counted");
    }

    // Until Prometheus has counted every delivery that was answered so far.
    private Task UntilScrapedAsync()
    {
        var answers = _arena.Broker.Answers.Count;
        return Eventually.UntilAsync(
            async () => (await _prometheus.QueryAsync("sum(diditworker_delivery_duration_seconds_count)"))
                .SingleOrDefault() >= answers, Bound, "every answer is scraped");
    }

    // Creates, their duplicates, an urgent one, and one that is older than the window, so that it is looked up.
    private async Task BatchAsync(int number)
    {
        var before = _arena.Broker.Answers.Count;
        for (var copy = 0; copy < 2; copy++)
        {
            for (var i = 0; i < Orders; i++)
            {
                await _arena.Broker.PublishRawAsync($"order-{number}-{i}", $$"""{"vendorData":"user-{{number}}-{{i}}"}""");
            }

            await _arena.Broker.UntilAnswersAsync(before + ((copy + 1) * Orders));
        }

        await _arena.Broker.PublishUrgentAsync($"urgent-{number}", $$"""{"vendorData":"user-{{number}}-1"}""");
        await _arena.Broker.PublishRawAsync($"old-{number}", $$"""{"vendorData":"user-{{number}}-0"}""", DateTimeOffset.UtcNow.AddDays(-2));
        await _arena.Broker.UntilAnswersAsync(before + Batch);
    }

    private void Fault(FaultKind kind, int? status)
    {
        var fault = new FaultRule { Operation = DiditOperation.Create, Kind = kind, Count = 1 };
        _arena.Didit.State.AddFault(status is { } code ? fault with { Status = code } : fault);
    }
}
