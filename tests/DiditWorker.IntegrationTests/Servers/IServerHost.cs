namespace DiditWorker.IntegrationTests.Servers;

/// <summary>Where a test server runs: in a container or as a native process. Address and data survive a stop and a start.</summary>
internal interface IServerHost : IAsyncDisposable
{
    Task StartAsync();

    /// <summary>Ends the server in good order, as a restart by an operator would.</summary>
    Task StopAsync();

    /// <summary>Freezes the server: its connections stay open and nothing answers.</summary>
    Task PauseAsync(bool paused);

    /// <summary>The last lines the server wrote, for the message of a failed start.</summary>
    Task<string> LogTailAsync();
}
