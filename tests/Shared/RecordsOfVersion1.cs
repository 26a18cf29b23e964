using System.Text.Json;

namespace DiditWorker.Tests.Shared;

/// <summary>Records as workers wrote them before version 2: read for as long as any may be left. The file is never changed.</summary>
internal static class RecordsOfVersion1
{
    private static readonly Dictionary<string, string> Texts = Read();

    public static string Completed => Texts["completed"];

    public static string CompletedWithoutNumber => Texts["completed without a number"];

    public static string InProgress => Texts["in progress"];

    public static string Refused => Texts["refused"];

    public static IEnumerable<string> All => Texts.Values;

    private static Dictionary<string, string> Read()
    {
        using var file = typeof(RecordsOfVersion1).Assembly.GetManifestResourceStream("records-v1.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, string>>(file)!;
    }
}
