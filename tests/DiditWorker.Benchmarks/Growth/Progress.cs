namespace DiditWorker.Benchmarks.Growth;

/// <summary>What a person sees who waits; the tables go to standard output.</summary>
internal static class Progress
{
    public static void Say(FormattableString text) => Console.Error.WriteLine(FormattableString.Invariant(text));
}
