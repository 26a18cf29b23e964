using System.Buffers.Binary;
using System.Globalization;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using DiditWorker.Status;
using Microsoft.Playwright;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Status;

/// <summary>The status page on a phone, at night, and for people who see, hear or move otherwise.</summary>
public sealed class When_it_is_hard_to_see : StatusPageTest
{
    private const int Phone = 360; // px

    private static readonly Dictionary<string, Func<StatusSnapshot>> States = new(StringComparer.Ordinal)
    {
        ["healthy"] = Pictured.Healthy, ["degraded"] = Pictured.Degraded, ["bad"] = Pictured.Bad, ["unknown"] = Pictured.Unknown,
    };

    private static IEnumerable<string> StateNames => States.Keys;

    // Each state once; each scheme at each width.
    [TestCase("healthy", ColorScheme.Light, 1280)]
    [TestCase("degraded", ColorScheme.Dark, 1280)]
    [TestCase("bad", ColorScheme.Light, Phone)]
    [TestCase("unknown", ColorScheme.Dark, Phone)]
    public async Task It_meets_wcag_2_a_and_aa(string state, ColorScheme scheme, int width)
    {
        await ShowAsync(state, scheme, width);

        await ShouldBeAccessibleAsync();
    }

    [Test]
    public async Task So_it_does_while_the_worker_is_gone()
    {
        await ShowAsync("bad", ColorScheme.Dark, 1280);
        await Worker.StopAsync();
        await Shown("#outage").ToBeVisibleAsync();
        await PhotographAsync("gone", ColorScheme.Dark, 1280);

        await ShouldBeAccessibleAsync();
    }

    [Test]
    public async Task It_fits_a_phone([ValueSource(nameof(StateNames))] string state)
    {
        await ShowAsync(state, ColorScheme.Light, Phone);
        await Page.Locator("summary").ClickAsync();

        (await Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(Phone);
        var beyond = await Page.EvaluateAsync<string[]>(
            """
            [...document.querySelectorAll("main *, header *, footer *")]
              .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5 && getComputedStyle(e).clipPath === "none").map(e => e.outerHTML.slice(0, 100))
            """);
        beyond.ShouldBeEmpty();
    }

    [Test]
    public async Task A_word_without_end_fits_too()
    {
        Worker.Snapshot = Pictured.Saying(new string('w', 300));
        await OpenAsync(new() { ViewportSize = new() { Width = Phone, Height = 780 } });

        (await Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(Phone);
    }

    [Test]
    public async Task It_is_dark_where_the_person_likes_it_dark()
    {
        await ShowAsync("healthy", ColorScheme.Light, 1280);
        var (lightGround, lightText) = await ColoursAsync();

        await Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        var (darkGround, darkText) = await ColoursAsync();

        Luminance(lightGround).ShouldBeGreaterThan(0.8);
        Luminance(darkGround).ShouldBeLessThan(0.05);
        Contrast(lightGround, lightText).ShouldBeGreaterThan(7);
        Contrast(darkGround, darkText).ShouldBeGreaterThan(7);
    }

    [TestCase(ReducedMotion.NoPreference, true)]
    [TestCase(ReducedMotion.Reduce, false)]
    public async Task Nothing_moves_for_who_does_not_like_it(ReducedMotion motion, bool moves)
    {
        await ShowAsync("healthy", ColorScheme.Light, 1280);

        await Page.EmulateMediaAsync(new() { ReducedMotion = motion });

        (await Page.EvaluateAsync<bool>("[...document.querySelectorAll('*')].some(e => getComputedStyle(e).transitionDuration !== '0s')"))
            .ShouldBe(moves);
    }

    // To be looked at: artifacts/screenshots.
    [TestCase("healthy", ColorScheme.Light, 1280)]
    [TestCase("bad", ColorScheme.Light, 1280)]
    [TestCase("bad", ColorScheme.Dark, 1280)]
    [TestCase("healthy", ColorScheme.Dark, Phone)]
    [TestCase("bad", ColorScheme.Light, Phone)]
    [TestCase("unknown", ColorScheme.Light, 1280)]
    public async Task It_can_be_photographed(string state, ColorScheme scheme, int width)
    {
        await ShowAsync(state, scheme, width);

        var png = await PhotographAsync(state, scheme, width);

        BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)).ShouldBe(width);
    }

    private Task<byte[]> PhotographAsync(string state, ColorScheme scheme, int width) => Page.ScreenshotAsync(new()
    {
        FullPage = true, Animations = ScreenshotAnimations.Disabled,
        Path = Path.Combine(Screenshots(), $"{state}-{scheme.ToString().ToLowerInvariant()}-{width}.png"),
    });

    private async Task ShowAsync(string state, ColorScheme scheme, int width)
    {
        Worker.Snapshot = States[state]();
        await OpenAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 780 } });
    }

    private async Task ShouldBeAccessibleAsync()
    {
        var found = await Page.RunAxe(
            new AxeRunOptions { RunOnly = new() { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] } });

        found.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id} ({violation.Help}): {node.Html}"))
            .ShouldBeEmpty();
        found.Passes.Select(pass => pass.Id).ShouldContain("color-contrast");
    }

    private async Task<(double[] Ground, double[] Text)> ColoursAsync()
    {
        var colours =
            await Page.EvaluateAsync<string[]>("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]");
        return (Parse(colours[0]), Parse(colours[1]));
    }

    private static double[] Parse(string rgb) =>
        [.. rgb[4..^1].Split(',').Select(part => double.Parse(part, CultureInfo.InvariantCulture) / 255)];

    // WCAG 2: relative luminance and contrast ratio.
    private static double Luminance(double[] rgb)
    {
        var linear = rgb.Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4)).ToArray();
        return (0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]);
    }

    private static double Contrast(double[] one, double[] other)
    {
        var (lighter, darker) = (Math.Max(Luminance(one), Luminance(other)), Math.Min(Luminance(one), Luminance(other)));
        return (lighter + 0.05) / (darker + 0.05);
    }

    private static string Screenshots()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DiditWorker.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "artifacts", "screenshots");
    }
}
