using System.Text;
using DiditWorker.Hosting;
using DiditWorker.Operations;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;
using DiditWorker.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>
/// An operator's services and commands at a <see cref="MemoryBroker"/>. Redis is away. It has a folder, which goes with it.
/// </summary>
internal sealed class Desk : IAsyncDisposable
{
    public const string Error = "start-verification_error";
    public const string Skipped = "start-verification_skipped";
    public const string Input = "start-verification";
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("desk-");
    private readonly StringWriter _text = new();
    private readonly StringWriter _notes = new();
    private readonly Output _output;
    private readonly IHost _host;

    /// <param name="width">Of its terminal; null: it prints into a pipe.</param>
    public Desk(int? width = null)
    {
        _output = new(_text, _notes, width);
        _host = Build();
        Broker.Declare(Input, Error, Skipped);
    }

    public MemoryBroker Broker { get; } = new();

    public DeadLetterQueues Queues => Get<DeadLetterQueues>();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public string File(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Parks messages <c>order-1</c>, <c>order-2</c> and so on, published an hour ago.</summary>
    public void Park(int count, string queue = Error, string exception = "System.TimeoutException")
    {
        for (var number = 1; number <= count; number++)
        {
            Park($"order-{number}", queue, exception);
        }
    }

    /// <summary>Parks a message.</summary>
    public void Park(
        string id, string queue = Error, string exception = "System.TimeoutException", TimeSpan? age = null, string? body = null,
        params (string Name, object? Value)[] headers) => Broker.Put(
            queue,
            new()
            {
                MessageId = id,
                ContentType = "application/json",
                Timestamp = new((Now - (age ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds()),
                Headers = new Dictionary<string, object?>(
                    headers.Select(header => KeyValuePair.Create(header.Name, header.Value)), StringComparer.Ordinal)
                {
                    ["MT-Fault-ExceptionType"] = exception,
                    ["MT-Fault-Timestamp"] = Now.AddMinutes(-30).ToString("O"),
                },
            },
            Encoding.UTF8.GetBytes(body ?? $$"""{"vendorData":"user-of-{{id}}"}"""));

    /// <summary>Runs <c>dead-letters …</c>.</summary>
    public Task<(int ExitCode, string Text, string Notes)> RunAsync(params string[] args) => RunAnyAsync(["dead-letters", .. args]);

    /// <summary>Runs any command.</summary>
    public async Task<(int ExitCode, string Text, string Notes)> RunAnyAsync(params string[] args)
    {
        var exitCode = await CommandLine.Commands(Host(), _output).Parse(args).InvokeAsync(
            new() { Output = _text, Error = _notes, EnableDefaultExceptionHandler = false });
        return (exitCode, _text.ToString(), _notes.ToString());
    }

    /// <summary>Runs something as a command.</summary>
    public async Task<(int ExitCode, string Notes)> RunAsync(Func<IOperatorBroker, Task> action)
    {
        var exitCode = await Host().RunWithBrokerAsync<Visitor>(
            async visitor =>
            {
                await action(visitor.Broker);
                return ExitCodes.Done;
            },
            CancellationToken.None);
        return (exitCode, _notes.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)_host).DisposeAsync();
        await _text.DisposeAsync();
        await _notes.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private OperatorHost Host() => new(Build, _output);

    private IHost Build()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
        var settings = Configured.Of(
            ("Didit:ApiKey", "k"), ("ConnectionStrings:Redis", "127.0.0.1:1,connectTimeout=100,connectRetry=0"),
            ("Didit:WorkflowId", "11111111-2222-4333-8444-555555555555"));
        builder.Services.AddDiditWorker(settings).AddOperations(_output)
            .AddSingleton<ConnectToBroker>(_ => Task.FromResult<IOperatorBroker>(Broker))
            .AddSingleton<TimeProvider>(new FakeTimeProvider(Now));
        return builder.Build();
    }

    private sealed record Visitor(IOperatorBroker Broker);
}
