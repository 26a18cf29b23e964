using System.CommandLine;
using System.CommandLine.Invocation;
using Microsoft.Extensions.Logging.Console;
using DiditWorker.Operations;
using DiditWorker.Operations.Keys;
using DiditWorker.Operations.Pausing;
using DiditWorker.Operations.Probe;
using DiditWorker.Operations.Reconcile;
using DiditWorker.Operations.Send;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Hosting;

/// <summary>The service, or one of the operator's commands: the same executable, the same configuration.</summary>
internal static class CommandLine
{
    private const string Description =
        $"""
        Turns every StartVerification message into exactly one Didit verification session. Without a command it runs the service.

        Every command takes the worker's settings: from appsettings.json, from the environment, or as --Section:Name=value.
        Exit codes: {ExitCodes.InWords}.
        """;

    // After Ctrl+C: what is held is given back in its order, and the audit is written.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Runs.</summary>
    public static Task<int> RunAsync(string[] args, TextWriter text, TextWriter notes)
    {
        var (settings, rest) = Split(args);
        return rest.Length == 0 || (rest[0].StartsWith('-') && rest[0] is not ("--help" or "-h" or "-?" or "--version"))
            ? Service.RunAsync(args)
            : RunCommandAsync(settings, rest, new(text, notes));
    }

    private static async Task<int> RunCommandAsync(string[] settings, string[] args, Output output)
    {
        // A request id may begin with "@", which would name a file of arguments.
        var parsed = Commands(Host(settings, output), output)
            .Parse(WithoutWords(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction wrong)
        {
            wrong.ShowHelp = false;
            await parsed.InvokeAsync(new InvocationConfiguration { Output = output.Notes, Error = output.Notes });
            var words = CommandHelp.WordsOf(parsed.CommandResult.Command);
            output.WriteNote($"See: diditworker {string.Join(' ', [.. words, "--help"])}");
            return ExitCodes.WrongUsage;
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration
            { Output = output.Text, Error = output.Notes, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopTimeout });
    }

    /// <summary>All commands.</summary>
    internal static RootCommand Commands(OperatorHost host, Output output)
    {
        var root = new RootCommand(Description)
        {
            SendCommand.Create(host),
            PauseCommand.Create(host),
            ResumeCommand.Create(host),
            KeyCommands.Create(host),
            DeadLetterCommands.Create(host),
            ReconcileCommand.Create(host),
            ProbeCommand.Create(host),
            CompletionCommand.Create(output),
        };
        CommonOptions.AddDryRun(root);
        CommandHelp.AddTo(root, output);
        return root;
    }

    /// <summary>What runs a command with these settings.</summary>
    internal static OperatorHost Host(string[] settings, Output output) => new(() => Build(settings, output), output);

    // Everything of the worker but its bus.
    private static IHost Build(string[] configuration, Output output)
    {
        var builder =
            new HostApplicationBuilder(
                new HostApplicationBuilderSettings { Args = configuration, ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddUnchecked(builder.Configuration).AddOperations(output);

        // What was asked for goes to standard output, so logs do not.
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.TimestampFormat = null);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        return builder.Build();
    }

    // "help" and "version" as words, as other programs have them.
    private static string[] WithoutWords(string[] args) => args switch
    {
        ["help", .. var command] => [.. command, "--help"],
        [var command, "help"] => [command, "--help"],
        ["version"] => ["--version"],
        _ => args,
    };

    // A setting has a colon in its name, no option has.
    private static (string[] Settings, string[] Others) Split(string[] args)
    {
        var (settings, rest) = (new List<string>(), new List<string>());
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].Split('=', 2)[0];
            var isSetting = name.StartsWith("--", StringComparison.Ordinal) && name.Contains(':', StringComparison.Ordinal);
            (isSetting ? settings : rest).Add(args[i]);
            if (isSetting && name == args[i] && i + 1 < args.Length)
            {
                settings.Add(args[++i]);
            }
        }

        return ([.. settings], [.. rest]);
    }
}
