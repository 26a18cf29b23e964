using DiditWorker.Secrets;

namespace DiditWorker.Hosting;

/// <summary>
/// Looks at the secret files every few seconds, and says what came of it: one line for each change, and for each new trouble with
/// certificates.
/// </summary>
internal sealed partial class SecretWatch(WorkerSecrets secrets, TimeProvider time, ILogger<SecretWatch> logger) : BackgroundService
{
    /// <summary>How long a new secret waits at most before it is used.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            await Task.Delay(Pause, time, stoppingToken);
            Look();
            HashSet<string> problems = [.. secrets.RabbitMqCertificates.Problems, .. secrets.RedisCertificates.Problems];
            foreach (var problem in problems.Except(told, StringComparer.Ordinal))
            {
                Log.NotTrusted(logger, problem);
            }

            told = problems;
        }
    }

    private void Look()
    {
        foreach (var file in secrets.Files)
        {
            switch (file.Look())
            {
                case SecretChange.Taken:
                    Log.Taken(logger, file.Setting, file.Path);
                    break;
                case SecretChange.Refused:
                    Log.Refused(logger, file.Setting, file.Path, file.Problem!);
                    break;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6, LogLevel.Information, "{Setting} ({Path}) has changed and is used from now on")]
        public static partial void Taken(ILogger logger, string setting, string path);

        [LoggerMessage(
            7, LogLevel.Warning, "{Setting} ({Path}) has changed and cannot be used; what it held before stays in use: {Problem}")]
        public static partial void Refused(ILogger logger, string setting, string path, string problem);

        [LoggerMessage(8, LogLevel.Warning, "Connecting: {Problem}")]
        public static partial void NotTrusted(ILogger logger, string problem);
    }
}
