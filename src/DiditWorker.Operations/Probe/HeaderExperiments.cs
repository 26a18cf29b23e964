namespace DiditWorker.Operations.Probe;

/// <summary>Whether the <c>Idempotency-Key</c> counts.</summary>
internal sealed class HeaderExperiments(Prober prober)
{
    /// <summary>
    /// The same create again once its session has ended. Another key in between must make another session: else it is <c>vendor_data</c>
    /// that brings the session back, and the same id would prove nothing.
    /// </summary>
    public async Task<Finding> RepeatAsync(string reuse, CancellationToken cancellation)
    {
        var create = prober.NewCreate();
        var first = await prober.CreateAsync(create, cancellation);
        if (!first.IsSession)
        {
            return Of(FindingIds.HeaderRepeat, Finding.Inconclusive, $"the first create was answered {Answers.Of(first)}");
        }

        var deleted = await prober.DeleteAsync(first.SessionId!, cancellation);
        if (deleted.Status != 204)
        {
            return await WhileUnfinishedAsync(
                reuse, $"DELETE was answered {Answers.Of(deleted)}, so the session could not be ended", cancellation);
        }

        var control = await prober.CreateAsync(create with { Key = Prober.NewKey() }, cancellation);
        if (!control.IsSession)
        {
            return Of(FindingIds.HeaderRepeat, Finding.Inconclusive, $"a create with another key was answered {Answers.Of(control)}");
        }

        if (control.SessionId == first.SessionId)
        {
            return await WhileUnfinishedAsync(reuse, "a deleted session is still handed back for its vendor_data", cancellation);
        }

        var outcome = await Repeats.RunAsync(first.SessionId!, () => prober.CreateAsync(create, cancellation));
        return Repeat(Word(outcome.Verdict), outcome, $"after its session was deleted, the same create was answered: {outcome.Seen}");
    }

    /// <summary>The same key for another person: only the key can bring the first session back.</summary>
    public async Task<Finding> OtherBodyAsync(CancellationToken cancellation)
    {
        var create = prober.NewCreate();
        var first = await prober.CreateAsync(create, cancellation);
        if (!first.IsSession)
        {
            return Of(FindingIds.HeaderOtherBody, Finding.Inconclusive, $"the first create was answered {Answers.Of(first)}");
        }

        var other = prober.NewCreate() with { Key = create.Key };
        var outcome = await Repeats.RunAsync(first.SessionId!, () => prober.CreateAsync(other, cancellation));
        return Of(
            FindingIds.HeaderOtherBody,
            outcome.Verdict == Repeats.Other ? "created" : outcome.Verdict,
            $"the same key for another vendor_data was answered: {outcome.Seen}");
    }

    // Where no session can be ended, a repeat of the same body tells the key from vendor_data only if vendor_data is known not to count.
    private async Task<Finding> WhileUnfinishedAsync(string reuse, string why, CancellationToken cancellation)
    {
        var create = prober.NewCreate();
        var first = await prober.CreateAsync(create, cancellation);
        if (!first.IsSession)
        {
            return Of(FindingIds.HeaderRepeat, Finding.Inconclusive, $"{why}; the next create was answered {Answers.Of(first)}");
        }

        var other = prober.NewCreate() with { Key = create.Key };
        var others = await Repeats.RunAsync(first.SessionId!, () => prober.CreateAsync(other, cancellation));
        if (others.Verdict != Repeats.Conflict)
        {
            return Repeat(Word(others.Verdict), others, $"{why}; the same key for another vendor_data was answered: {others.Seen}");
        }

        var same = await Repeats.RunAsync(first.SessionId!, () => prober.CreateAsync(create, cancellation));
        var verdict = same.Verdict switch
        {
            Repeats.Conflict => "conflict",
            Repeats.Original when reuse == "created" => "honoured",
            _ => Finding.Inconclusive,
        };
        return Repeat(verdict, same, $"{why}; another body under the key was answered 409, the same one: {same.Seen}");
    }

    private static string Word(string kind) => kind switch
    {
        Repeats.Original => "honoured",
        Repeats.Conflict => "conflict",
        Repeats.Other => "ignored",
        _ => Finding.Inconclusive,
    };

    private static Finding Repeat(string verdict, RepeatResult outcome, string measured) => Of(
        FindingIds.HeaderRepeat, verdict, measured, new Dictionary<string,
        double>(StringComparer.Ordinal)
        { ["conflicts"] = outcome.Conflicts });

    private static Finding Of(string id, string verdict, string measured, IReadOnlyDictionary<string, double>? numbers = null) =>
        new(id, verdict, measured, numbers);
}
