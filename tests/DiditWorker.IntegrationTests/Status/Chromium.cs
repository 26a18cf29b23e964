using Microsoft.Playwright;
using NUnit.Framework;

namespace DiditWorker.IntegrationTests.Status;

/// <summary>The installed Chromium or Chrome, without a window; nothing is downloaded.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];
    private readonly IPlaywright _playwright;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, Browser) = (playwright, browser);

    public IBrowser Browser { get; }

    /// <summary>Starts it; where there is none, the test is ignored and says what to install.</summary>
    public static async Task<Chromium> StartAsync()
    {
        if (Find() is not { } program)
        {
            Assert.Ignore($"There is no browser to look at the status page: none of {string.Join(", ", Names)} is on the path. " +
                "On Debian: apt-get install -y --no-install-recommends chromium");
            throw new InvalidOperationException("not reached");
        }

        var playwright = await Playwright.CreateAsync();

        // Its sandbox does not work for root, and it is shown nothing but our own page.
        return new(playwright,
            await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox"], Timeout = 60_000 }));
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.CloseAsync();
        _playwright.Dispose();
    }

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}
