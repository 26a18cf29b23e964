using DiditWorker.Verification;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DiditWorker.Messaging;

/// <summary>
/// The log without what MassTransit writes of a delivery that the worker ended on purpose: 3 KB of stack trace at level Error, without the
/// request id. <see cref="DeliveryReporter"/> has one line for it. Whatever else fails is passed on.
/// </summary>
internal sealed class BusLog(LoggerFactory inner) : ILoggerFactory
{
    /// <summary>Puts it in the place of the log that MassTransit asks for.</summary>
    public static void Register(IServiceCollection services)
    {
        services.TryAddSingleton<LoggerFactory>();
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory, BusLog>());
    }

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("MassTransit", StringComparison.Ordinal)
            ? new Passing(inner.CreateLogger(categoryName)) : inner.CreateLogger(categoryName);

    /// <inheritdoc />
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <inheritdoc />
    public void Dispose() => inner.Dispose();

    private sealed class Passing(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception?.GetBaseException() is not DeliveryEndedException)
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
