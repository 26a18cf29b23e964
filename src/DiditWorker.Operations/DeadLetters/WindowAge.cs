using System.Text.Json;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>Where a message stands in the window.</summary>
public enum WindowState
{
    /// <summary>Well inside.</summary>
    Inside,

    /// <summary>Less than a fifth of the window is left.</summary>
    NearTheEnd,

    /// <summary>Didit may have forgotten the key: a replay looks up first.</summary>
    Expired,

    /// <summary>The message does not say when it was published: a replay looks up first.</summary>
    Unknown,
}

/// <summary>The states as an operator writes them: <c>near-the-end</c>.</summary>
internal static class WindowStates
{
    /// <summary>By those words.</summary>
    public static IReadOnlyDictionary<string, WindowState> ByName { get; } =
        Enum.GetValues<WindowState>().ToDictionary(InWords, StringComparer.Ordinal);

    /// <summary>The words.</summary>
    public static string InWords(WindowState state) => JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());
}

/// <summary>The age of a message against the window, less the margin: the same bounds as in the decision.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="EndsAt">When its window ends; null if unknown.</param>
public readonly record struct WindowAge(WindowState State, DateTimeOffset? EndsAt)
{
    private const double Near = 0.2;

    /// <summary>Judges.</summary>
    public static WindowAge Of(DateTimeOffset? publishedAt, TimeSpan window, TimeSpan margin, DateTimeOffset now)
    {
        if (MeantTime.Believable(publishedAt, margin, now) is not { } published)
        {
            return new(WindowState.Unknown, null);
        }

        var ends = published + window - margin;
        return new(now >= ends ? WindowState.Expired : ends - now < window * Near ? WindowState.NearTheEnd : WindowState.Inside, ends);
    }
}
