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
/// Reads the signs. Didit's error bodies share no envelope, and each API family reports a low balance in its own way (Didit's API pages,
/// errors), so its words are looked at. No publisher can make them say that the account is empty: what the request carried is masked in
/// them, what stands in quotes is passed over, and so is what names a member of the request.
/// </summary>
internal static partial class RefusalReader
{
    private const string Mask = " *** ";

    /// <summary>Reads them.</summary>
    /// <param name="words">As <see cref="RefusalText"/> gives them.</param>
    public static RefusalSigns Read(string words)
    {
        var signs = RefusalSigns.None;
        foreach (var text in words.Split("; ").Where(text => !OfRequest().IsMatch(text)).Select(Plain))
        {
            signs |= Suspended().IsMatch(text) ? RefusalSigns.BillingSuspended : RefusalSigns.None;
            signs |= Deleted().IsMatch(text) ? RefusalSigns.ApplicationDeleted : RefusalSigns.None;
            signs |= Credits().IsMatch(text) ? RefusalSigns.NoCredits : RefusalSigns.None;
            signs |= Workflow().IsMatch(text) ? RefusalSigns.Workflow : RefusalSigns.None;
        }

        return signs;
    }

    // One spelling of sentences and codes: notEnoughCredits, NOT_ENOUGH_CREDITS and "not enough credits".
    private static string Plain(string text)
    {
        text = Quoted().Replace(text.Replace('\u2019', '\''), Mask);
        text = CamelCase().Replace(text, " ").Replace('_', ' ').Replace('-', ' ')
            .Replace("n't", " not", StringComparison.OrdinalIgnoreCase);
        return Blanks().Replace(text, " ");
    }

    [GeneratedRegex(
        @"\b(vendor_data|metadata|expected_details|contact_details|callback|callback_method|language|portrait_image)\b", Options,
        MaxMilliseconds)]
    private static partial Regex OfRequest();

    // An apostrophe within a word is no quote, and an id says nothing.
    [GeneratedRegex(
        """(?<!\w)(['"`‘“])(?!workflow(_id)?['"`’”])[^'"`’”]*['"`’”](?!\w)|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}""", Options,
        MaxMilliseconds)]
    private static partial Regex Quoted();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])", RegexOptions.CultureInvariant, MaxMilliseconds)]
    private static partial Regex CamelCase();

    [GeneratedRegex(@"\s+", Options, MaxMilliseconds)]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\bbilling\b[\w ]{0,40}\bsuspended\b|\bcontract \*+ suspended\b", Options, MaxMilliseconds)]
    private static partial Regex Suspended();

    [GeneratedRegex(@"\bapplication( is| was| has been)? deleted\b", Options, MaxMilliseconds)]
    private static partial Regex Deleted();

    // The last line: a message that talks of credits itself has the word masked, but not what makes them too few.
    [GeneratedRegex(
        @"\b(no|not|insufficient|without|out of|low|lack of|0|zero|negative)\b[\w '*]{0,24}\b(credits?|balance|funds)\b"
        + @"|\b(credits?|balance|funds)\b[\w ']{0,24}\b(insufficient|exhausted|low|not cover|run out|ran out|used up|depleted"
        + @"|negative|zero|expired|required)\b"
        + @"|\btop up\b|\b(add|buy|purchase) (more )?(credits|funds)\b|\bpayment required\b"
        + @"|\b(enough|insufficient) \*",
        Options,
        MaxMilliseconds)]
    private static partial Regex Credits();

    // An error of the member itself, whatever it says but an id, which is no error; else a sentence or code about the workflow.
    [GeneratedRegex(
        @"\bworkflow id: (?! ?\*+ ?$)|\b(invalid|unknown|no such|no)( value for)? ['""]?workflow( id|s)?\b"
        + @"|\bworkflow( id)?['"":]*( with| id| is| was| has| been| does| could| be| \*+)*"
        + @" (not found|not be found|not exist|unknown|invalid|not (a )?valid|not (published|active|available)|archived|deleted"
        + @"|disabled|inactive)\b",
        Options,
        MaxMilliseconds)]
    private static partial Regex Workflow();

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    // The words are short, and no pattern nests repetitions of the same.
    private const int MaxMilliseconds = 1000;
}
