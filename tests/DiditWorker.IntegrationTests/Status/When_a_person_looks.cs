using DiditWorker.Status;
using Microsoft.Playwright;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Status;

/// <summary>The status page in a real browser.</summary>
public sealed class When_a_person_looks : StatusPageTest
{
    [Test]
    public async Task It_says_at_a_glance_that_all_is_well()
    {
        await OpenAsync();

        await Shown("#headline").ToHaveTextAsync("Working");
        await Shown("#state-symbol").ToHaveAttributeAsync("href", "#symbol-good");
        await Assertions.Expect(Page).ToHaveTitleAsync("✓ Working – DiditWorker");
        await Shown("#worker").ToHaveTextAsync("0.1.0 on worker-7c9f, up for 1 d 6 h");
        await Shown("#parts .name").ToHaveTextAsync(["Broker healthy", "Redis healthy", "Didit healthy"]);
        await Shown("#in-flight").ToHaveTextAsync("12 of 128");
        await Shown("#wait").ToHaveTextAsync("Waits about 1 s");
        await Shown("#wait-others").ToHaveTextAsync("A request without priority: about 4 s");
        await Shown("#creates").ToHaveTextAsync("1,234 of 1,500");
        await Shown("#circuit").ToHaveTextAsync("Closed");
        await Shown("#pause").ToHaveTextAsync("Not paused");
        await Shown("#letters-said").ToHaveTextAsync("None: nothing is parked or skipped");
        await Shown("#errors-said").ToHaveTextAsync("None since this worker started");
        await Shown("#outage").ToBeHiddenAsync();
    }

    [Test]
    public async Task It_says_what_is_wrong_since_when_and_what_to_do()
    {
        Worker.Snapshot = Pictured.Bad();
        await OpenAsync();

        await Shown("#headline").ToHaveTextAsync("Not working: Redis");
        await Shown("#wait").ToHaveTextAsync("Waits until the pause ends");
        await Shown("#state-symbol").ToHaveAttributeAsync("href", "#symbol-bad");
        var redis = Page.Locator("#parts .part").Nth(1);
        await Assertions.Expect(redis).ToContainTextAsync("Does not answer (RedisConnectionException); messages wait");
        await Assertions.Expect(redis).ToContainTextAsync("What to do: check ConnectionStrings:Redis and the server");
        await Assertions.Expect(redis).ToContainTextAsync("3 min ago");
        (await redis.Locator("time").GetAttributeAsync("title")).ShouldEndWith("UTC");
        await Shown("#circuit").ToHaveTextAsync("Open");
        await Shown("#pause").ToHaveTextAsync("Paused: no credits left");
        await Shown("#pause-why").ToHaveTextAsync("Didit answered 402 Payment Required");
        await Shown("#pause-times").ToContainTextAsync("3 min ago");
        await Shown("#pause-times").ToContainTextAsync("next probe");
    }

    [Test]
    public async Task It_says_working_but_where_it_goes_on_with_something_wrong()
    {
        Worker.Snapshot = Pictured.Degraded();
        await OpenAsync();

        await Shown("#headline").ToHaveTextAsync("Working, but Redis needs attention");
        await Shown("#state-symbol").ToHaveAttributeAsync("href", "#symbol-mind");

        Worker.Snapshot = Pictured.Healthy() with { DeadLetters = Pictured.Bad().DeadLetters };
        await Shown("#headline").ToHaveTextAsync("Working, but 24 dead letters wait for a person");

        Worker.Snapshot = Pictured.Degraded() with { Pause = Pictured.Bad().Pause };
        await Shown("#headline").ToHaveTextAsync("Working, but nothing is sent to Didit and Redis needs attention");
    }

    [Test]
    public async Task It_counts_outcomes_by_minute()
    {
        Worker.Snapshot = Pictured.Bad();
        await OpenAsync();

        await Shown("#outcomes tbody tr").ToHaveCountAsync(7);
        (await CellsAsync("#outcomes tbody tr")).ShouldBe(
        [
            ["created\na new session at Didit", "0", "0", "2,760"], ["replayed\nanswered from the record", "1", "5", "139"],
            ["adopted\nsession found by a look-up", "0", "0", "11"], ["waited\nheld too long, back in the queue", "17", "61", "164"],
            ["rejected\nanswered as rejected, parked", "0", "7", "12"], ["parked\na person must decide", "0", "0", "1"],
            ["failed\nan error of the worker itself", "0", "0", "1"],
        ]);
        await Shown("#chart").ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex(
            "^Bar chart of the last 15 minutes: [0-9,]+ deliveries in all, at most [0-9]+ in one minute", default,
            TimeSpan.FromSeconds(1)));
        (await Page.Locator("#chart rect").CountAsync()).ShouldBe(15 * 3);

        // By keyboard alone: the first thing that can be reached.
        await Page.Keyboard.PressAsync("Tab");
        await Page.Keyboard.PressAsync("Enter");
        await Shown("#minutes tbody tr").ToHaveCountAsync(15);
        await Assertions.Expect(Page.Locator("#minutes tbody tr").First).ToBeVisibleAsync();
        (await CellsAsync("#minutes tbody tr"))[1][1..].ShouldBe(["5", "61", "7"]);
    }

    [Test]
    public async Task It_shows_queues_dead_letters_and_errors()
    {
        Worker.Snapshot = Pictured.Bad();
        await OpenAsync();

        await Shown("#queues tbody tr").ToHaveCountAsync(3);
        (await CellsAsync("#queues tbody tr")).ShouldBe(
        [
            ["start-verification", "18,204", "64", "none"], ["start-verification_error", "23", "0", "0"],
            ["start-verification_skipped", "1", "0", "0"],
        ]);
        await Shown("#queues-asked")
            .ToHaveTextAsync(
                new System.Text.RegularExpressions.Regex("^The broker was asked [0-9]+ s ago$", default, TimeSpan.FromSeconds(1)));
        await Shown("#letters-said").ToHaveTextAsync("24 messages wait for a person; the window is 23 h 55 min long");
        (await CellsAsync("#letters tbody tr")).ShouldBe(
        [
            ["RefusedByDidit\nstart-verification_error", "14", "3 h 12 min left"],
                ["AmbiguousSession\nstart-verification_error", "6", "21 h 40 min left"],
            ["AttemptsExhausted\nstart-verification_error", "3", "window over"], ["Skipped\nstart-verification_skipped", "1", "unknown"],
        ]);
        (await CellsAsync("#errors tbody tr")).Select(row => row[1..]).ShouldBe(
        [
            ["rejected", "RefusedByDidit", Pictured.Key], ["parked", "AmbiguousSession", Pictured.OtherKey],
            ["failed", "NullReferenceException", "no key"],
        ]);
        (await CellsAsync("#errors tbody tr"))[2][0].ShouldBe("1 h 15 min ago");
        (await Page.Locator("#errors time").First.GetAttributeAsync("title"))!.ShouldEndWith(" UTC");
        await Shown("#errors-said").ToContainTextAsync("More of one: diditworker dead-letters show KEY");
    }

    [Test]
    public async Task It_shows_which_messages_are_tried_again_and_when()
    {
        Worker.Snapshot = Pictured.Bad();
        await OpenAsync();

        await Shown("#waiting-said").ToHaveTextAsync("This worker tries 2 messages again. More of one: diditworker keys show ID");
        (await CellsAsync("#waiting tbody tr")).ShouldBe(
        [
            [$"order-5002\n{Pictured.Key}", "28 attempts", "Didit did not answer in time 3 min ago", "next in 2 min"],
            [$"order-5117\n{Pictured.OtherKey}", "4 attempts", "500 1 min ago", "next in 2 min"],
        ]);
        foreach (var time in await Page.Locator("#waiting time").AllAsync())
        {
            (await time.GetAttributeAsync("title"))!.ShouldEndWith(" UTC");
        }

        Worker.Snapshot = Pictured.Bad() with { WaitingNowCount = 64 };
        await Shown("#waiting-said").ToHaveTextAsync(
            "This worker tries 64 messages again; the 2 with the most attempts are shown. More of one: diditworker keys show ID");
        Worker.Snapshot = Pictured.Healthy();
        await Shown("#waiting-said").ToHaveTextAsync("None: no message of this worker waits for another attempt");
        await Shown("#waiting").ToBeHiddenAsync();
    }

    [Test]
    public async Task No_time_is_without_its_zone()
    {
        Worker.Snapshot = Pictured.Bad();
        await OpenAsync();
        await Page.Locator("summary").ClickAsync();

        (await Page.EvaluateAsync<string[]>("[...document.querySelectorAll('time')].map(time => time.title)"))
            .ShouldAllBe(title => title.EndsWith(" UTC", StringComparison.Ordinal));
        await Worker.StopAsync();
        await Shown("#outage").ToContainTextAsync("No connection since ");
        (await Page.Locator("body").InnerTextAsync()).ShouldNotMatch("[0-9]:[0-9]{2}(?! UTC|:)");
    }

    [Test]
    public async Task What_is_not_known_is_unknown_and_not_0()
    {
        Worker.Snapshot = Pictured.Unknown();
        await OpenAsync();

        await Shown("#circuit").ToHaveTextAsync("Unknown");
        await Shown("#queues-asked").ToHaveTextAsync("Unknown: the broker has not been asked yet");
        await Shown("#letters-said").ToHaveTextAsync("Unknown: the broker has not been asked yet");
        (await CellsAsync("#outcomes tbody tr")).SelectMany(row => row[1..]).ShouldAllBe(cell => cell == "unknown");
        await Shown("#chart").ToHaveAttributeAsync("aria-label", "No data yet");
    }

    [Test]
    public async Task Words_of_others_stay_words()
    {
        const string hostile = "<img src=x onerror=\"window.hacked=true\"><script>window.hacked=true</script>";
        Worker.Snapshot = Pictured.Saying(hostile);
        await OpenAsync();

        await Shown("#pause-why").ToHaveTextAsync(hostile);
        await Assertions.Expect(Page.Locator("#parts .description").First).ToHaveTextAsync(hostile);
        await Shown("#errors td >> nth=1").ToHaveTextAsync(hostile);
        (await Page.Locator("main img, main script, header img").CountAsync()).ShouldBe(0);
        (await Page.EvaluateAsync<bool>("'hacked' in window")).ShouldBeFalse();
    }

    [Test]
    public async Task The_token_is_asked_for_by_the_browser()
    {
        await using var closed =
            await ShownWorker.StartAsync(new StatusOptions { Access = StatusAccessRule.Token, Token = "correct-horse-battery" });

        // Chromium without a window has nobody to ask.
        (await Should.ThrowAsync<PlaywrightException>(() => Page.GotoAsync(closed.Address)))
            .Message.ShouldContain("ERR_INVALID_AUTH_CREDENTIALS");
        closed.Asked.ShouldBe(0);

        var page = await NewPageAsync(new() { HttpCredentials = new() { Username = "anybody", Password = "correct-horse-battery" } });
        await page.GotoAsync(closed.Address);
        await Assertions.Expect(page.Locator("#headline")).ToHaveTextAsync("Working");

        closed.Snapshot = Pictured.Bad();
        await Assertions.Expect(page.Locator("#headline")).ToHaveTextAsync("Not working: Redis");
        await page.Context.CloseAsync();
    }

    private async Task<List<string[]>> CellsAsync(string rows)
    {
        await Assertions.Expect(Page.Locator(rows).First).ToBeAttachedAsync();
        var cells = new List<string[]>();
        foreach (var row in await Page.Locator(rows).AllAsync())
        {
            cells.Add([.. await row.Locator("th, td").AllInnerTextsAsync()]);
        }

        return cells;
    }
}
