using System.CommandLine;
using System.CommandLine.Invocation;
using DiditWorker.Demo;
using Spectre.Console;

const int wrongUsage = 2;
var parsed = DemoOptions.Command((options, cancellation) => new DemoRun(options, AnsiConsole.Console).RunAsync(cancellation)).Parse(args);
if (parsed.Action is not ParseErrorAction wrong)
{
    return await parsed.InvokeAsync();
}

wrong.ShowHelp = false;
await parsed.InvokeAsync(new InvocationConfiguration { Output = Console.Error });
await Console.Error.WriteLineAsync("See: --help");
return wrongUsage;
