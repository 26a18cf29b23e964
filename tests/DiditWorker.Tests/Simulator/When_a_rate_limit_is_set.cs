using System.Globalization;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_a_rate_limit_is_set : SimulatorTest
{
    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();

    private string Epoch(int secondsFromNow) =>
        (Time.GetUtcNow().ToUnixTimeSeconds() + secondsFromNow).ToString(CultureInfo.InvariantCulture);

    [Test]
    public async Task Good_answers_tell_what_remains()
    {
        State.Configure(settings => settings with { RequestsPerMinute = 2 });

        using var response = await CreateAsync();

        Header(response, "X-RateLimit-Limit").ShouldBe("2");
        Header(response, "X-RateLimit-Remaining").ShouldBe("1");
        Header(response, "X-RateLimit-Reset").ShouldBe(Epoch(60));
    }

    [Test]
    public async Task Creates_over_it_get_429_until_the_window_has_slid_on()
    {
        State.Configure(settings => settings with { RequestsPerMinute = 2 });
        await CreatedAsync();
        Time.Advance(TimeSpan.FromSeconds(20));
        await CreatedAsync();

        using (var refused = await CreateAsync())
        {
            ((int)refused.StatusCode).ShouldBe(429);
            Header(refused, "Retry-After").ShouldBe("40");
            Header(refused, "X-RateLimit-Remaining").ShouldBe("0");
            Header(refused, "X-RateLimit-Reset").ShouldBe(Epoch(40));
        }

        await ListedAsync();
        Time.Advance(TimeSpan.FromSeconds(40));
        await CreatedAsync();
        (await StatusOfAsync(CreateAsync())).ShouldBe(429);
    }

    [Test]
    public async Task Gets_have_their_own()
    {
        State.Configure(settings => settings with { GetsPerMinute = 2 });
        var id = await CreatedIdAsync();
        await ListedAsync();
        await GetAsync($"/v3/session/{id}/decision/");

        (await StatusOfAsync(Didit.GetAsync("/v3/sessions/"))).ShouldBe(429);
        await CreatedAsync();
        Time.Advance(TimeSpan.FromSeconds(60));
        await ListedAsync();
    }

    [Test]
    public async Task Without_one_nothing_is_told()
    {
        using var response = await CreateAsync();

        response.Headers.Contains("X-RateLimit-Limit").ShouldBeFalse();
    }
}
