namespace DiditWorker.Operations.Broker;

/// <summary>Says after 2 seconds which server is waited for: an operator must not have to guess at silence.</summary>
/// <param name="time">The clock.</param>
/// <param name="tell">Takes the server's name and place.</param>
internal sealed class SlowCalls(TimeProvider time, Action<string> tell)
{
    /// <summary>How long nothing is said.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Says that a server does not answer.</summary>
    public void Tell(string server) => tell(server);

    /// <summary>Calls a server.</summary>
    /// <param name="server">Which one, and where it is.</param>
    /// <param name="call">What may last.</param>
    public async Task<T> ForAsync<T>(string server, Func<Task<T>> call)
    {
        var result = call();
        using var answered = new CancellationTokenSource();
        if (!result.IsCompleted && await Task.WhenAny(result, Task.Delay(Patience, time, answered.Token)) != result)
        {
            tell(server);
        }

        await answered.CancelAsync();
        return await result;
    }
}
