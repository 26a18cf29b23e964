namespace DiditWorker.Redis;

/// <summary>Whether an owner still holds its key.</summary>
public enum LeaseState
{
    /// <summary>It does, and for longer than a request takes.</summary>
    Held,

    /// <summary>Another owns the key, the key was given back, or the record is gone: nothing may be sent.</summary>
    Lost,

    /// <summary>Redis cannot be asked, and too little is left: nothing may be sent before it answers.</summary>
    Unknown,
}
