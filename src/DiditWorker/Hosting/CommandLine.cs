using System.CommandLine;
using Microsoft.Extensions.Logging.Console;
using DiditWorker.Operations;
using DiditWorker.Operations.Keys;
using DiditWorker.Operations.Probe;
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
        var host = Host(settings, output);
        var root = new RootCommand(Description)
        {
            SendCommand.Create(host),
            KeyCommands.Create(host),
            DeadLetterCommands.Create(host),
            ProbeCommand.Create(host),
        };

        // A request id may begin with "@", which would name a file of arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await output.Notes.WriteLineAsync(error.Message);
            }

            await output.Notes.WriteLineAsync($"See: diditworker {Path(parsed)}--help");
            return ExitCodes.WrongUsage;
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration
            { Output = output.Text, Error = output.Notes, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopTimeout });
    }

    /// <summary>What runs a command with these settings.</summary>
    internal static OperatorHost Host(string[] settings, Output output) => new(() => Build(settings, output), output);

    // Everything of the worker but its bus.
    private static IHost Build(string[] configuration, Output output)
    {
        var builder =
            new HostApplicationBuilder(
                new HostApplicationBuilderSettings { Args = configuration, ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddDiditWorker(builder.Configuration).AddOperations(output);

        // What was asked for goes to standard output, so logs do not.
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.TimestampFormat = null);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        try
        {
            return builder.Build();
        }
        catch (InvalidConfigurationException exception)
        {
            throw new CommandException(ExitCodes.WrongConfiguration, exception.Message);
        }
    }

    private static string Path(ParseResult parsed)
    {
        var names = new List<string>();
        for (var result = parsed.CommandResult; result.Command is not RootCommand; result =
            (System.CommandLine.Parsing.CommandResult)result.Parent!)
        {
            names.Insert(0, result.Command.Name + " ");
        }

        return string.Concat(names);
    }

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
