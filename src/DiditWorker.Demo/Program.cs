using DiditWorker.Demo;
using Spectre.Console;

return await DemoOptions.Command((options, cancellation) => new DemoRun(options, AnsiConsole.Console).RunAsync(cancellation)).Parse(args)
    .InvokeAsync();
