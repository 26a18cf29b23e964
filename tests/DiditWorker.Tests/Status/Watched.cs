using System.Net;
using DiditWorker.Hosting;
using DiditWorker.Status;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DiditWorker.Tests.Status;

/// <summary>A worker's HTTP side with nothing but the status page, on a port of its own.</summary>
internal sealed class Watched : IAsyncDisposable
{
    public const string Token = "correct-horse-battery";
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private readonly WebApplication _app;

    private Watched(WebApplication app)
    {
        _app = app;
        Http = new() { BaseAddress = new(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) };
    }

    public static StatusSnapshot Snapshot { get; } = new()
    {
        At = Noon,
        Version = "0.1.0",
        Host = "worker-1",
        Started = Noon.AddHours(-1),
        Health = new(
            "Degraded", new Dictionary<string, PartStatus>(StringComparer.Ordinal) { ["didit"] = new("Degraded", Noon, "paused", null) }),
        Outcomes = [new(Noon, new Dictionary<string, long>(StringComparer.Ordinal) { ["created"] = 3 })],
        InFlight = 4,
        ConcurrentMessageLimit = 64,
        Circuit = "half-open",
        Pause = new("credits_missing", "Didit answered 402", Noon, Noon.AddSeconds(5)),
        Wait = new(1.5, 40),
        CreateRate = new(300, 7),
        WaitingNow =
        [
            new()
            {
                RequestId = "order-1", Key = "e3e13779-0505-5319-8b93-1e2b36c1007e", Attempts = 28, Last = "500", LastAt = Noon,
                NextTry = Noon.AddSeconds(5),
            },
        ],
        WaitingNowCount = 21,
        Queues = null,
        DeadLetters = [new("start-verification_error", "RefusedByDidit", 2, Remaining: null)],
        Reconciliation = new()
        {
            At = Noon, Since = Noon.AddHours(-13), Until = Noon, Sessions = 12, Answered = 9, SecondSessions = 1, Orphans = 2, Missing = 3,
            WithoutKey = 4, NearEnd = 5,
        },
        Window = 86100,
        Errors = [new(Noon, "failed", "<b>", Key: null)],
    };

    public HttpClient Http { get; }

    /// <param name="access">Who may look; the token is set where it is needed.</param>
    /// <param name="address">What the remote address is taken for.</param>
    /// <param name="before">What else stands before the page.</param>
    public static async Task<Watched> StartAsync(StatusAccessRule access, string? address = null, Action<WebApplication>? before = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        var app = builder.Build();
        app.Use((http, next) =>
        {
            http.Connection.RemoteIpAddress = address is null ? http.Connection.RemoteIpAddress : IPAddress.Parse(address);
            return next(http);
        });
        before?.Invoke(app);
        app.UseSecurityHeaders();
        app.MapStatusPage(new() { Access = access, Token = access == StatusAccessRule.Token ? Token : null }, () => Snapshot);
        await app.StartAsync();
        return new(app);
    }

    /// <param name="path">What is asked for.</param>
    /// <param name="headers">Names and values.</param>
    public async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
