namespace DiditWorker.Didit;

/// <summary>The kinds of sessions that look-ups ask for. A workflow makes one kind, and Didit lists each kind by itself.</summary>
public enum SessionKinds
{
    /// <summary>Both, one after the other. An account without KYB may refuse the list of business sessions.</summary>
    Any,

    /// <summary>Those of persons (KYC) only.</summary>
    User,

    /// <summary>Those of businesses (KYB) only. A refused list is a refusal like any other.</summary>
    Business,
}
