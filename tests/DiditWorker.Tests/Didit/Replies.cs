using System.Text;
using CsCheck;

namespace DiditWorker.Tests.Didit;

/// <summary>Bodies as they should never be: JSON with odd values, odd escapes and bytes that are no UTF-8.</summary>
public static class Replies
{
    private static readonly string[] Texts =
    [
        "s-1", "", "\\ud800", "\\udc00\\ud800", "\u00ff", "\\u0000", "{\\\"diditworker_key\\\":\\\"k\\\"}", "{\\\"\\\\ud800\\\":1}",
            "2026-11-24T12:00:00Z", "99999-01-01",
    ];

    private static readonly string[] Names =
    [
        "session_id", "uuid", "url", "session_url", "status", "workflow_id", "session_number", "created_at", "metadata", "diditworker_key",
            "detail",
        "\\ud800", "\\u0073ession_id", "\u00ff", "",
    ];

    private static readonly Gen<string> Values = Gen.Recursive<string>((depth, self) => depth > 2
        ? Leaves()
        : Gen.OneOf(Leaves(), Gen.Select(Gen.OneOf(Names), self)
            .Array[0, 5].Select(m => "{" + string.Join(',', m.Select(p => $"\"{p.Item1}\":{p.Item2}")) + "}"),
            self.Array[0, 3].Select(items => "[" + string.Join(',', items) + "]")));

    /// <summary>Latin-1, so that U+00FF becomes a byte that UTF-8 does not know.</summary>
    public static Gen<byte[]> Bytes { get; } = Values.Select(Encoding.Latin1.GetBytes);

    public static Gen<string> Json { get; } = Values;

    private static Gen<string> Leaves() => Gen.OneOf(
        Gen.OneOf(Texts).Select(t => $"\"{t}\""), Gen.OneOf("null", "true", "1", "-1.5", "1e999", "99999999999999999999"));
}
