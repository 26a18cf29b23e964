using DiditWorker.Simulator.Control;

namespace DiditWorker.Simulator;

/// <summary>The simulator as an executable of its own.</summary>
internal static class Program
{
    private const string DefaultUrl = "http://127.0.0.1:8090";
    private const int WrongConfiguration = 78;

    private static async Task<int> Main(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        SimulatorState state;
        try
        {
            var body = StrictJson.FromConfiguration<SimulatorSettings>(builder.Configuration.GetSection("Simulator"));
            state = new SimulatorState(StrictJson.Read<SimulatorSettings>(body), TimeProvider.System);
        }
        catch (InvalidInputException e)
        {
            foreach (var (field, message) in e.Errors)
            {
                await Console.Error.WriteLineAsync($"Simulator:{field} {message}");
            }

            return WrongConfiguration;
        }

        builder.WebHost.UseUrls(builder.Configuration["urls"] ?? DefaultUrl);
        await using var app = SimulatorServer.Build(builder, state);
        await app.StartAsync();
        await Console.Out.WriteLineAsync($"diditsimulator listens on {string.Join(", ", app.Urls)}");
        await app.WaitForShutdownAsync();
        return 0;
    }
}
