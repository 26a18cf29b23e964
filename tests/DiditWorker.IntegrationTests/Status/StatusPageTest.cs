using DiditWorker.IntegrationTests.Servers;
using Microsoft.Playwright;
using NUnit.Framework;

namespace DiditWorker.IntegrationTests.Status;

/// <summary>One browser for all tests of a class, a worker and a page for each.</summary>
public abstract class StatusPageTest
{
    private const float Bound = 30_000; // ms

    private Chromium _chromium = null!;

    private protected ShownWorker Worker { get; private set; } = null!;

    private protected IPage Page { get; private set; } = null!;

    private protected IBrowser Browser => _chromium.Browser;

    [OneTimeSetUp]
    public async Task StartBrowserAsync()
    {
        _chromium = await Chromium.StartAsync();
        Assertions.SetDefaultExpectTimeout(Bound);
    }

    [OneTimeTearDown]
    public async Task StopBrowserAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }
    }

    [SetUp]
    public async Task StartAsync()
    {
        Worker = await ShownWorker.StartAsync();
        Page = await NewPageAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await Page.Context.CloseAsync();
        await Worker.DisposeAsync();
    }

    private protected async Task<IPage> NewPageAsync(BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.TimezoneId = "UTC";
        options.ViewportSize ??= new() { Width = 1280, Height = 900 };
        var context = await Browser.NewContextAsync(options);
        context.SetDefaultTimeout(Bound);
        return await context.NewPageAsync();
    }

    /// <summary>Opens the page and waits until it shows what the worker says.</summary>
    /// <param name="options">In another browser window, if given.</param>
    private protected async Task OpenAsync(BrowserNewContextOptions? options = null)
    {
        if (options is not null)
        {
            await Page.Context.CloseAsync();
            Page = await NewPageAsync(options);
        }

        await Page.GotoAsync(Worker.Address);
        await Shown("#worker").Not.ToBeEmptyAsync();
    }

    /// <summary>What a part of the page shows; waits for it.</summary>
    private protected ILocatorAssertions Shown(string selector) => Assertions.Expect(Page.Locator(selector));

    private protected Task UntilAskedAsync(int times) =>
        Eventually.UntilAsync(() => Task.FromResult(Worker.Asked >= times), TimeSpan.FromMilliseconds(Bound), $"asked {times} times");
}
