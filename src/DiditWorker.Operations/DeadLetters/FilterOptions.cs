using System.CommandLine;
using System.Text.RegularExpressions;
using DiditWorker.Operations.Terminal;
using DiditWorker.Redis;
using DiditWorker.Verification;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>The filters that all commands on dead letters share.</summary>
internal sealed partial class FilterOptions
{
    private const string Named = "request id, key or reference";
    private const int MaxMistakes = 2;

    private readonly Argument<string[]> _ids = new("ID");
    private readonly Option<string?> _queue = new("--queue")
    { Description = "error, skipped, or the name of a queue (default: error and skipped)" };
    private readonly Option<string?> _group = new("--group")
    { Description = $"One group: {string.Join(", ", DeadLetterGroups.Known)}, or the name of another exception, as list shows it" };
    private readonly Option<DateTimeOffset?> _since = CommonOptions.Time("--since", "Parked at this time or later");
    private readonly Option<DateTimeOffset?> _until = CommonOptions.Time("--until", "Parked before this time");
    private readonly Option<string[]> _id = new("--id");
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
        _group.CompletionSources.Add([.. DeadLetterGroups.Known]);
        _window.AcceptOnlyFromAmong([.. WindowStates.ByName.Keys]);
        _hash.Validators.Add(
            CommonOptions.Require(HashPattern().IsMatch, "--vendor-data-hash {0}: expected 4 to 64 hexadecimal digits"));
    }

    /// <summary>Adds them to a command whose arguments are the messages' ids; <c>--id</c> is the same.</summary>
    /// <param name="command">Which.</param>
    /// <param name="isNeeded">Whether it needs an id.</param>
    public void AddTo(SelectingCommand command, bool isNeeded = false)
    {
        _ids.Description = $"Which messages: {Named}" + (isNeeded ? "" : " (default: all that the options below take)");
        _ids.Arity = isNeeded ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore;
        command.AddSelection(_ids);
        command.Validators.Add(result =>
        {
            // The parser takes a flag that it does not know for an argument.
            foreach (var flag in result.GetValue(_ids)?.Where(id => id.StartsWith('-')) ?? [])
            {
                result.AddError($"There is no option {flag}." + (Meant(flag, command) is { } meant ? $" Did you mean {meant}?" : ""));
            }
        });
        if (!isNeeded)
        {
            _id.Hidden = true;
            command.Add(_id);
        }

        AddOptions(command);
    }

    /// <summary>Adds them to a command whose argument is a file.</summary>
    public void AddBesideFileTo(SelectingCommand command)
    {
        _id.Description = $"One message, and again for each other one: {Named}; no argument, since that is the FILE";
        command.AddSelection(_id);
        AddOptions(command);
    }

    /// <summary>What was given.</summary>
    public DeadLetterFilter Read(ParseResult parsed) => new()
    {
        Queue = parsed.GetValue(_queue),
        Group = parsed.GetValue(_group),
        Since = parsed.GetValue(_since),
        Until = parsed.GetValue(_until),
        Ids = [.. parsed.GetValue(_ids) ?? [], .. parsed.GetValue(_id) ?? []],
        VendorDataHash = Shortened(parsed.GetValue(_hash)),
        State = parsed.GetValue(_window) is { } name ? WindowStates.ByName[name] : null,
        Limit = parsed.GetValue(_limit),
    };

    private void AddOptions(SelectingCommand command) => command.AddSelection(_group, _queue, _since, _until, _window, _hash, _limit);

    private static string? Meant(string flag, Command command) => command.Options.Select(option => option.Name)
        .Select(name => (Name: name, Mistakes: EditDistance.Between(flag, name, MaxMistakes)))
        .Where(near => near.Mistakes <= MaxMistakes).OrderBy(near => near.Mistakes).Select(near => near.Name).FirstOrDefault();

    // Ours are 12 digits long; a whole SHA-256 is as good.
    private static string? Shortened(string? hash) => hash is { Length: > 12 } ? hash[..12] : hash;

    [GeneratedRegex("^[0-9A-Fa-f]{4,64}\\z", RegexOptions.None, 1000)]
    private static partial Regex HashPattern();
}
