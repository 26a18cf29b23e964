using System.Text.RegularExpressions;

namespace DiditWorker.Didit;

/// <summary>What the words of a refusal say about the account or the workflow.</summary>
[Flags]
internal enum RefusalSigns
{
    /// <summary>Nothing: it is about the request.</summary>
    None = 0,

    /// <summary>The account has no credits.</summary>
    NoCredits = 1,

    /// <summary>Billing is suspended.</summary>
    BillingSuspended = 2,

    /// <summary>The application is deleted.</summary>
    ApplicationDeleted = 4,

    /// <summary>The workflow is unknown.</summary>
    Workflow = 8,
}

/// <summary>
/// Reads the signs. Didit's error bodies share no envelope, and each API family reports a low balance in its own way (Didit's API pages, errors), so
/// its words are looked at in which what the request carried is masked: no publisher can make them say that the account is empty.
/// </summary>
internal static partial class RefusalReader
{
    // Of what these hold, even the names are the publisher's.
    private static readonly string[] Free = ["metadata", "expected_details", "contact_details"];

    /// <summary>Reads them.</summary>
    /// <param name="words">As <see cref="RefusalText"/> gives them.</param>
    public static RefusalSigns Read(string words)
    {
        var signs = RefusalSigns.None;
        foreach (var text in words.Split("; ").Where(text => !Free.Any(name => text.StartsWith(name, StringComparison.Ordinal))))
        {
            signs |= Suspended().IsMatch(text) ? RefusalSigns.BillingSuspended : RefusalSigns.None;
            signs |= Deleted().IsMatch(text) ? RefusalSigns.ApplicationDeleted : RefusalSigns.None;
            signs |= Credits().IsMatch(text) ? RefusalSigns.NoCredits : RefusalSigns.None;
            signs |= Workflow().IsMatch(text) ? RefusalSigns.Workflow : RefusalSigns.None;
        }

        return signs;
    }

    [GeneratedRegex("billing[_ ]suspended|billing (is|was|has been) suspended", Options, MostMilliseconds)]
    private static partial Regex Suspended();

    [GeneratedRegex("application[_ ]deleted|application (is|was|has been) deleted", Options, MostMilliseconds)]
    private static partial Regex Deleted();

    [GeneratedRegex(
        @"(\bno|not|n't|insufficient|without|out of|low|exhausted)\b[\w ']{0,24}\b(credits?|balance|funds)\b"
        + @"|\b(credits?|balance|funds)\b[\w ']{0,24}\b(insufficient|exhausted|too low|not cover|run out|ran out)"
        + @"|insufficient_(credits?|balance|funds)|\btop[- ]up\b",
        Options,
        MostMilliseconds)]
    private static partial Regex Credits();

    [GeneratedRegex(
        @"\b(invalid|unknown|no such)\b[\w' ]{0,12}\bworkflow(_id|s)?\b|workflow_not_found"
        + @"|\bworkflow(_id)?\b[^;]{0,64}\b(not found|does not exist|doesn't exist|unknown|invalid|not (a )?valid|must be a valid)",
        Options,
        MostMilliseconds)]
    private static partial Regex Workflow();

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    // The words are short, and no pattern nests repetitions.
    private const int MostMilliseconds = 1000;
}
