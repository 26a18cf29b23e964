using System.CommandLine;
using System.Text.RegularExpressions;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>The filters that all commands on dead letters share.</summary>
internal sealed partial class FilterOptions
{
    private readonly Option<string?> _queue = new("--queue")
    { Description = "error, skipped, or the name of a queue (default: error and skipped)" };
    private readonly Option<string?> _group = new("--group") { Description = "One group, as list shows it, for example AmbiguousSession" };
    private readonly Option<DateTimeOffset?> _since = CommonOptions.Time("--since", "Parked at this time or later");
    private readonly Option<DateTimeOffset?> _until = CommonOptions.Time("--until", "Parked before this time");
    private readonly Option<string?> _id = new("--id") { Description = "One message: request id, key or reference" };
    private readonly Option<string?> _hash = new("--vendor-data-hash")
    {
        Description = "One person: the SHA-256 of the vendorData in hexadecimal, or its beginning (4 digits or more)",
    };

    private readonly Option<string?> _window = new("--window")
    { Description = "inside (near the end included), near-the-end, expired or unknown" };
    private readonly Option<int?> _limit =
        CommonOptions.Digits("--limit", "At most so many, from the head of the queue", n => n > 0, "a whole number above 0");

    public FilterOptions()
    {
        _window.AcceptOnlyFromAmong([.. WindowStates.ByName.Keys]);
        _hash.Validators.Add(
            CommonOptions.Require(HashPattern().IsMatch, "--vendor-data-hash {0}: expected 4 to 64 hexadecimal digits"));
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
        State = parsed.GetValue(_window) is { } name ? WindowStates.ByName[name] : null,
        Limit = parsed.GetValue(_limit),
    };

    // Ours are 12 digits long; a whole SHA-256 is as good.
    private static string? Shortened(string? hash) => hash is { Length: > 12 } ? hash[..12] : hash;

    [GeneratedRegex("^[0-9A-Fa-f]{4,64}\\z", RegexOptions.None, 1000)]
    private static partial Regex HashPattern();
}
