using System.Diagnostics.CodeAnalysis;
using System.IO.Pipes;

/// <summary>
/// Runs inside every contender before its own code, the shipped worker included (DOTNET_STARTUP_HOOKS), and tells the benchmark through a
/// named pipe what only the process itself knows: how many bytes it has allocated so far.
/// </summary>
[SuppressMessage("Design", "CA1050:Declare types in namespaces", Justification = "The runtime looks for exactly this name.")]
[SuppressMessage("Design", "MA0047:Declare types in namespaces", Justification = "The runtime looks for exactly this name.")]
internal static class StartupHook
{
    public const string PipeVariable = "BENCHMARK_PIPE";

    /// <summary>Called by the runtime.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(PipeVariable) is { } name)
        {
            new Thread(() => Answer(name)) { IsBackground = true, Name = "benchmark" }.Start();
        }
    }

    private static void Answer(string name)
    {
        using var pipe = new NamedPipeServerStream(name, PipeDirection.InOut);
        while (true)
        {
            pipe.WaitForConnection();
            pipe.Write(BitConverter.GetBytes(GC.GetTotalAllocatedBytes()));
            pipe.ReadByte();
            pipe.Disconnect();
        }
    }
}
