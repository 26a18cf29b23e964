using DiditWorker.Operations.Probe;
using DiditWorker.Simulator;
using DiditWorker.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Probing;

/// <summary>A simulator and <c>diditworker probe --window</c> by one clock, which the test moves by hours and days.</summary>
public abstract class WindowTest
{
    protected const string Workflow = "11111111-2222-4333-8444-555555555555";
    private static readonly TimeSpan Moments = TimeSpan.FromMinutes(1);

    private FakeTimeProvider _time = null!;
    private SimulatorServer _didit = null!;
    private DirectoryInfo _folder = null!;

    protected SimulatorState Didit => _didit.State;

    protected Uri Address => _didit.Address;

    protected string WindowFile => InFolder("window.json");

    /// <summary>What the last run printed.</summary>
    protected string Text { get; private set; } = "";

    protected string Notes { get; private set; } = "";

    private protected WindowMemory Memory => WindowMemory.Read(WindowFile);

    [SetUp]
    public async Task StartAsync()
    {
        // Each look at the clock moves it a little, so that the pace of the probe never waits for the test.
        _time = new(new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
        _didit = await SimulatorServer.StartAsync(settings: new() { ApiKey = "planted-key" }, time: _time);
        _folder = Directory.CreateTempSubdirectory("diditworker-tests-");
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _didit.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    protected string InFolder(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Lets time pass and runs; never more requests or sessions than it says beforehand.</summary>
    protected async Task<int> RunAfterAsync(double hours, string? report = null, bool yes = true, string? workflow = Workflow)
    {
        _time.Advance(TimeSpan.FromHours(hours));
        var (requests, sessions) = (Didit.Requests.Count, Didit.Sessions.Count);
        var most = WindowPlan.Most(Before(), _time.GetUtcNow());
        var worker = Configured.Only(
            ("Didit:ApiKey", "planted-key"), ("Didit:BaseAddress", Address.ToString()), ("Didit:WorkflowId", workflow),
            ("Didit:RequestsPerMinute", "10000000"));
        var (text, notes) = (new StringWriter(), new StringWriter());
        try
        {
            var probe = new ProbeWindow(worker.Didit, _time, new(text, notes));
            return await probe.RunAsync(WindowFile, report, workflowId: null, yes, CancellationToken.None);
        }
        finally
        {
            (Text, Notes) = (text.ToString(), notes.ToString());
            (Didit.Requests.Count - requests).ShouldBeLessThanOrEqualTo(most.Requests);
            (Didit.Sessions.Count - sessions).ShouldBeLessThanOrEqualTo(most.Sessions);
        }
    }

    protected void ShouldBeBetween(double? leastHours, double? mostHours)
    {
        var bounds = WindowBounds.Of(Memory);
        ShouldBe(bounds.AtLeast, leastHours);
        ShouldBe(bounds.AtMost, mostHours);
        bounds.Measured.ShouldBeTrue();
    }

    protected void ShouldHaveLeftNoSession() => Didit.Sessions.ShouldAllBe(session => session.Deleted);

    private WindowMemory Before()
    {
        try
        {
            return Memory;
        }
        catch (Exception exception) when (exception is FileNotFoundException or FormatException)
        {
            return WindowMemory.Begin(Reports.Trusting, Workflow);
        }
    }

    private static void ShouldBe(TimeSpan? found, double? hours)
    {
        (found is null).ShouldBe(hours is null);
        (found ?? TimeSpan.Zero).ShouldBe(TimeSpan.FromHours(hours ?? 0), Moments);
    }
}
