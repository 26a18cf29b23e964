using System.Globalization;
using DiditWorker.Didit;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Probe;

/// <summary>One run of <c>diditworker probe --window</c> with its connection, and what it ends with.</summary>
internal sealed class ProbeWindowRun : IDisposable
{
    private readonly HttpClient _http;
    private readonly ProbeClient _client;
    private readonly WindowProbe _probe;
    private readonly Output _output;

    public ProbeWindowRun(WindowMemory memory, string file, DiditOptions didit, TimeProvider time, Output output)
    {
        _output = output;
        _http = ProbeClient.Connection(didit);
        _client = new(_http, didit, WindowPlan.Most(memory, time.GetUtcNow()).Requests, time);
        _probe = new(_client, memory, now => ProbeWindowFiles.SaveAsync(file, now), time);
    }

    public WindowMemory Memory => _probe.Memory;

    public int Requests => _client.Requests;

    /// <summary>How many of its sessions could not be deleted.</summary>
    public int Left => _client.Sessions.Count;

    /// <returns>Whether everything was clear and nothing is left.</returns>
    public async Task<bool> GoAsync(CancellationToken cancellation)
    {
        bool ended;
        try
        {
            ended = await UntilStoppedAsync(() => _probe.RunAsync(cancellation));
        }
        finally
        {
            // Whatever ended the run.
            await CleanUpAsync();
        }

        var unclear = _probe.Unclear + _probe.NotMade;
        if (unclear > 0)
        {
            _output.WriteNote(string.Create(CultureInfo.InvariantCulture,
                $"{_probe.Unclear} repeats and {_probe.NotMade} creates were not answered clearly; those keys tell nothing yet."));
        }

        return ended && unclear + Left == 0;
    }

    public void Dispose() => _http.Dispose();

    private async Task CleanUpAsync()
    {
        await UntilStoppedAsync(() => _probe.DeleteLeftAsync(CancellationToken.None));
        if (Left > 0)
        {
            _output.WriteNote(
                $"These sessions could not be deleted; delete them in Didit's console: {string.Join(", ", _client.Sessions)}");
        }
    }

    private async Task<bool> UntilStoppedAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (ProbeStoppedException exception)
        {
            _output.WriteNote($"Stopped: {Words.Of(exception)}.");
            return false;
        }
    }
}
