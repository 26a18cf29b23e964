namespace DiditWorker.Contracts;

/// <summary>How Didit may reach the person. Personal data.</summary>
public sealed record ContactDetails
{
    /// <summary>E-mail address.</summary>
    public string? Email { get; init; }

    /// <summary>Phone number, in the international form that Didit expects (E.164).</summary>
    public string? Phone { get; init; }

    /// <summary>Language of Didit's mails.</summary>
    public string? EmailLang { get; init; }

    /// <summary>Whether Didit sends mails about this session. Default: Didit's.</summary>
    public bool? SendNotificationEmails { get; init; }

    /// <summary>Without what it holds: it is personal.</summary>
    public override string ToString() => nameof(ContactDetails);
}
