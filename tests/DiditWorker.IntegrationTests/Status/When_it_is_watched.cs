using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Status;

/// <summary>The status page over time.</summary>
public sealed class When_it_is_watched : StatusPageTest
{
    [Test]
    public async Task It_follows_the_worker_without_reloading()
    {
        await OpenAsync();
        await Page.EvaluateAsync("window.sameDocument = true");
        await Shown("#headline").ToHaveTextAsync("Working");

        Worker.Snapshot = Pictured.Bad();
        await Shown("#headline").ToHaveTextAsync("Not working: Redis");
        await Shown("#in-flight").ToHaveTextAsync("128 of 128");
        await Shown("#letters tbody tr").ToHaveCountAsync(4);

        Worker.Snapshot = Pictured.Healthy();
        await Shown("#headline").ToHaveTextAsync("Working");
        await Shown("#pause").ToHaveTextAsync("Not paused");
        await Shown("#letters tbody tr").ToHaveCountAsync(0);
        (await Page.EvaluateAsync<bool>("window.sameDocument === true")).ShouldBeTrue();
    }

    [Test]
    public async Task It_says_that_the_worker_is_gone_keeps_what_it_said_last_and_recovers()
    {
        Worker.Snapshot = Pictured.Degraded();
        await OpenAsync();

        await Worker.StopAsync();
        await Shown("#outage").ToContainTextAsync("No connection since ");
        await Shown("#outage").ToContainTextAsync("the worker does not answer; trying again every 2 s");
        await Shown("#headline").ToHaveTextAsync("Last known: Working, but Redis needs attention");
        await Shown("#state-symbol").ToHaveAttributeAsync("href", "#symbol-unknown");
        await Shown("#in-flight").ToHaveTextAsync("12 of 128");
        await Shown("#freshness").ToContainTextAsync("Last answer ");

        Worker.Snapshot = Pictured.Healthy();
        await Worker.StartAgainAsync();
        await Shown("#headline").ToHaveTextAsync("Working");
        await Shown("#outage").ToBeHiddenAsync();
        await Shown("#freshness").ToContainTextAsync("Live");
    }

    [Test]
    public async Task It_tells_an_error_from_silence()
    {
        await OpenAsync();

        Worker.Broken = true;
        await Shown("#outage").ToContainTextAsync("the worker answers with an error (500); trying again");

        Worker.Broken = false;
        await Shown("#outage").ToBeHiddenAsync();

        await Page.RouteAsync("**/status.json", route => route.FulfillAsync(new() { Body = "{}" }));
        await Shown("#outage").ToContainTextAsync("the answer of the worker cannot be read");
        await Shown("#in-flight").ToHaveTextAsync("12 of 128");
    }

    // Each time the browser would ask the person for the token again.
    [Test]
    public async Task It_does_not_ask_again_when_it_is_refused()
    {
        await Page.Clock.InstallAsync();
        await OpenAsync();
        var refused = 0;
        await Page.RouteAsync("**/status.json", route =>
        {
            refused++;
            return route.FulfillAsync(new() { Status = 401 });
        });

        await Page.Clock.RunForAsync(2_000);
        await Shown("#outage").ToContainTextAsync("the worker refuses; reload the page to sign in again");
        await Page.Clock.RunForAsync(60_000);

        refused.ShouldBe(1);
    }

    [Test]
    public async Task It_asks_for_nothing_while_nobody_sees_it()
    {
        await Page.Clock.InstallAsync();
        await OpenAsync();
        await Page.Clock.RunForAsync(2_000);
        await UntilAskedAsync(2);

        await HideAsync(true);
        await Page.Clock.RunForAsync(120_000);
        var asked = Worker.Asked;
        await Page.Clock.RunForAsync(120_000);
        Worker.Asked.ShouldBe(asked);

        Worker.Snapshot = Pictured.Bad();
        await HideAsync(false);
        await Shown("#headline").ToHaveTextAsync("Not working: Redis");
    }

    [Test]
    public async Task Times_go_on_between_answers()
    {
        await Page.Clock.InstallAsync();
        Worker.Snapshot = Pictured.Bad();
        await OpenAsync();
        await Page.RouteAsync("**/status.json", route => route.AbortAsync());

        await Page.Clock.RunForAsync(10 * 60_000);

        await Shown("#letters tbody tr >> nth=0").ToContainTextAsync("3 h 2 min left");
        await Shown("#freshness").ToContainTextAsync("Last answer 10 min ago");
        await Shown("#pause-times").ToContainTextAsync("next probe now");
    }

    [Test]
    public async Task A_screen_reader_hears_of_a_change_of_state_only()
    {
        await Page.Clock.InstallAsync();
        await OpenAsync();
        await Page.EvaluateAsync(
            """
            window.spoken = 0;
            new MutationObserver(changes => window.spoken += changes.length).observe(document.querySelector("[aria-live]"), { subtree: true, childList: true, characterData: true });
            """);
        (await Page.Locator("[aria-live], [role=status], [role=alert]").CountAsync()).ShouldBe(1);

        for (var i = 1; i <= 10; i++)
        {
            Worker.Snapshot = Pictured.Healthy() with { InFlight = i };
            await Page.Clock.RunForAsync(2_000);
            await Shown("#in-flight").ToHaveTextAsync($"{i} of 128");
        }

        (await Page.EvaluateAsync<int>("window.spoken")).ShouldBe(0);
        Worker.Snapshot = Pictured.Bad();
        await Page.Clock.RunForAsync(2_000);
        await Shown("#headline").ToHaveTextAsync("Not working: Redis");
        (await Page.EvaluateAsync<int>("window.spoken")).ShouldBeGreaterThan(0);
    }

    [Test]
    public async Task It_loads_nothing_from_elsewhere_and_complains_of_nothing()
    {
        List<string> complaints = [], elsewhere = [];
        Page.Console += (_, message) => complaints.Add($"{message.Type}: {message.Text}");
        Page.PageError += (_, error) => complaints.Add(error);
        Page.RequestFailed += (_, request) => complaints.Add($"failed: {request.Url}");
        Page.Response += (_, response) => complaints.AddRange(response.Ok ? [] : [$"{response.Status}: {response.Url}"]);
        Page.Request += (_, request) =>
            elsewhere.AddRange(
                request.Url.StartsWith(Worker.Address, StringComparison.Ordinal)
                    || request.Url.StartsWith("data:", StringComparison.Ordinal) ? [] : [request.Url]);
        await Page.AddInitScriptAsync(
            "window.violations = []; document.addEventListener('securitypolicyviolation', e => "
                + "window.violations.push(e.violatedDirective));");
        await OpenAsync();

        Worker.Snapshot = Pictured.Bad();
        await Shown("#headline").ToHaveTextAsync("Not working: Redis");
        Worker.Snapshot = Pictured.Unknown();
        await Shown("#circuit").ToHaveTextAsync("Unknown");

        complaints.ShouldBeEmpty();
        elsewhere.ShouldBeEmpty();
        (await Page.EvaluateAsync<string[]>("window.violations")).ShouldBeEmpty();

        // And the policy is in force: what it forbids does not happen.
        await Page.EvaluateAsync(
            "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.hacked = true' }))");
        (await Page.EvaluateAsync<bool>("'hacked' in window")).ShouldBeFalse();
        (await Page.EvaluateAsync<string[]>("window.violations")).ShouldNotBeEmpty();
    }

    private async Task HideAsync(bool hidden) => await Page.EvaluateAsync(
        """
        hidden => {
          Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }
        """, hidden);
}
