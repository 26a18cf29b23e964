namespace DiditWorker.Verification;

/// <summary>How many letters must be put in, left out, replaced, or swapped with the next one to make one word of another.</summary>
internal static class EditDistance
{
    /// <summary>The distance, or <paramref name="limit"/> + 1 if it is more than that. Takes time and stack for short words only.</summary>
    public static int Between(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
        {
            return limit + 1;
        }

        // The row of the letter before the last one, of the last one, and of this one.
        var width = b.Length + 1;
        Span<int> rows = stackalloc int[3 * width];
        for (var j = 0; j < width; j++)
        {
            rows[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            var row = rows.Slice(i % 3 * width, width);
            Fill(row, rows.Slice((i + 2) % 3 * width, width), rows.Slice((i + 1) % 3 * width, width), a[..i], b);
        }

        return Math.Min(rows[(a.Length % 3 * width) + b.Length], limit + 1);
    }

    private static void Fill(
        Span<int> row, ReadOnlySpan<int> last, ReadOnlySpan<int> beforeLast, ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        row[0] = a.Length;
        for (var j = 1; j < row.Length; j++)
        {
            row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + (a[^1] == b[j - 1] ? 0 : 1));
            if (j > 1 && a.Length > 1 && a[^1] == b[j - 2] && a[^2] == b[j - 1])
            {
                row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
        }
    }
}
