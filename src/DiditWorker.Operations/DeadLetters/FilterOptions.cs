using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>The filters that all commands on dead letters share.</summary>
internal sealed partial class FilterOptions
{
    private readonly Option<string?> _queue = new("--queue")
    { Description = "error, skipped, or the name of a queue (default: error and skipped)" };
    private readonly Option<string?> _group = new("--group") { Description = "One group, as list shows it, for example AmbiguousSession" };
    private readonly Option<DateTimeOffset?> _since = TimeOption("--since", "Parked at this time or later");
    private readonly Option<DateTimeOffset?> _until = TimeOption("--until", "Parked before this time");
    private readonly Option<string?> _id = new("--id") { Description = "One message: request id, key or reference" };
    private readonly Option<string?> _hash = new("--vendor-data-hash")
    {
        Description = "One person: the SHA-256 of the vendorData in hexadecimal, or its beginning (4 digits or more)",
    };

    private readonly Option<string?> _window = new("--window")
    { Description = "inside (near the end included), near-the-end, expired or unknown" };
    private readonly Option<int?> _limit = new("--limit") { Description = "At most so many, from the head of the queue" };

    public FilterOptions()
    {
        _window.AcceptOnlyFromAmong("inside", "near-the-end", "expired", "unknown");
        _limit.Validators.Add(result => Require(
            result,
            int.TryParse(CommonOptions.Token(result), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0,
            "a whole number above 0"));
        _hash.Validators.Add(result => Require(result, HashPattern().IsMatch(CommonOptions.Token(result)), "4 to 64 hexadecimal digits"));
    }

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command, bool withId = true)
    {
        foreach (var option in (ReadOnlySpan<Option>)[_queue, _group, _since, _until, _hash, _window, _limit])
        {
            command.Add(option);
        }

        if (withId)
        {
            command.Add(_id);
        }
    }

    /// <summary>What was given.</summary>
    public DeadLetterFilter Read(ParseResult parsed) => new()
    {
        Queue = parsed.GetValue(_queue),
        Group = parsed.GetValue(_group),
        Since = parsed.GetValue(_since),
        Until = parsed.GetValue(_until),
        Id = parsed.CommandResult.GetResult(_id) is null ? null : parsed.GetValue(_id),
        VendorDataHash = Shortened(parsed.GetValue(_hash)),
        Window = parsed.GetValue(_window) switch
        {
            "inside" => WindowState.Inside,
            "near-the-end" => WindowState.NearTheEnd,
            "expired" => WindowState.Expired,
            "unknown" => WindowState.Unknown,
            _ => null,
        },
        Limit = parsed.GetValue(_limit),
    };

    // Ours are 12 digits long; a whole SHA-256 is as good.
    private static string? Shortened(string? hash) => hash is { Length: > 12 } ? hash[..12] : hash;

    private static Option<DateTimeOffset?> TimeOption(string name, string description) => new(name)
    {
        Description = description + ": ISO 8601 (UTC unless it says otherwise), or an age such as 90m, 12h or 7d",
        CustomParser = result =>
        {
            if (ReadTime(CommonOptions.Token(result)) is { } time)
            {
                return time;
            }

            result.AddError(
                $"{name} {CommonOptions.Token(result)}: expected a time such as 2026-11-24T03:00:00Z, or an age such as 90m, 12h or 7d");
            return null;
        },
    };

    private static DateTimeOffset? ReadTime(string text)
    {
        if (CommonOptions.ReadDuration(text) is { } age)
        {
            return TimeProvider.System.GetUtcNow() - age;
        }

        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
    }

    private static void Require(OptionResult result, bool holds, string expected)
    {
        if (!holds)
        {
            result.AddError($"{result.Option.Name} {CommonOptions.Token(result)}: expected {expected}");
        }
    }

    [GeneratedRegex("^[0-9A-Fa-f]{4,64}\\z", RegexOptions.None, 1000)]
    private static partial Regex HashPattern();
}
