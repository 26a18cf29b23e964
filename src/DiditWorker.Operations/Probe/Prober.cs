using System.Globalization;
using System.Text.Json.Nodes;
using UUIDNext;

namespace DiditWorker.Operations.Probe;

/// <summary>One create of an experiment.</summary>
/// <param name="Person">Its <c>vendor_data</c>.</param>
/// <param name="Key">Its <c>Idempotency-Key</c>.</param>
/// <param name="Mark">What its metadata says, by which it is known again.</param>
internal sealed record ProbeCreate(string Person, string Key, string Mark);

/// <summary>
/// What all experiments share: names of their own, one repeat after 429, a place for every deletion within the stated number of requests,
/// and everything that was answered.
/// </summary>
internal sealed class Prober(ProbeClient client, ProbeOptions options, TimeProvider time)
{
    private const int EnoughSilence = 3;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(5);
    private readonly string _run = Uuid.NewRandom().ToString("N")[..12];
    private readonly Dictionary<string, int> _inDoubt = new(StringComparer.Ordinal);
    private readonly List<ProbeReply> _creates = [];
    private readonly List<ProbeReply> _replies = [];
    private int _persons;

    public TimeProvider Time => time;

    /// <summary>What Didit answered to creates.</summary>
    public IReadOnlyList<ProbeReply> Creates => _creates;

    /// <summary>What Didit answered.</summary>
    public IReadOnlyList<ProbeReply> Replies => _replies;

    /// <summary>Creates that were not answered, by <c>vendor_data</c>: they may have made a session.</summary>
    public IReadOnlyDictionary<string, int> InDoubt => _inDoubt;

    public ProbeCreate NewCreate() =>
        new(string.Create(CultureInfo.InvariantCulture, $"diditworker-probe-{_run}-{++_persons}"), NewKey(), "first");

    public static string NewKey() => Uuid.NewRandom().ToString();

    public JsonObject Body(ProbeCreate create) => new()
    {
        ["workflow_id"] = options.WorkflowId,
        ["vendor_data"] = create.Person,
        ["metadata"] = new JsonObject { [Metadata.Member] = create.Mark },
    };

    public Task<ProbeReply> CreateAsync(ProbeCreate create, CancellationToken cancellation) =>
        CreateAsync(create, Body(create), cancellation);

    public async Task<ProbeReply> CreateAsync(
        ProbeCreate create, JsonObject body, CancellationToken cancellation, string? path = null, string? apiKey = null)
    {
        var reply = await RepeatedAsync(() => OnceAsync(create, body, path, apiKey, cancellation), cancellation);
        _creates.Add(reply);
        return reply;
    }

    public Task<IReadOnlyList<ProbeReply>> CreateTogetherAsync(IReadOnlyCollection<ProbeCreate> creates, CancellationToken cancellation) =>
        SeveralAsync(
        creates.First().Person,
        creates.Count,
        () => client.CreateTogetherAsync([.. creates.Select(create => (Body(create), (string?)create.Key))], cancellation),
        cancellation);

    /// <summary>Two creates for one person, the second so long after the first was answered.</summary>
    public async Task<(ProbeReply First, ProbeReply Second)> CreateTwiceAsync(
        ProbeCreate first, ProbeCreate second, TimeSpan between, CancellationToken cancellation)
    {
        var replies = await SeveralAsync(
            first.Person, 2, () =>
            client.CreateTwiceAsync((Body(first), first.Key), (Body(second), second.Key), between, cancellation), cancellation);
        return (replies[0], replies[1]);
    }

    private async Task<IReadOnlyList<ProbeReply>> SeveralAsync(
        string person, int count, Func<Task<IReadOnlyList<ProbeReply>>> send, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Require(count, (2 * count) + Lists.Both);
        _inDoubt[person] = count;
        var replies = await send();
        _creates.AddRange(replies);
        foreach (var reply in replies)
        {
            Note(reply);
            Settle(person, reply);
        }

        return replies;
    }

    public Task<ProbeReply> ListAsync(string person, string kind, CancellationToken cancellation) =>
        RepeatedAsync(() => client.ListAsync(person, kind, cancellation), cancellation);

    public Task<ProbeReply> DecisionAsync(string session, CancellationToken cancellation) =>
        RepeatedAsync(() => client.DecisionAsync(session, cancellation), cancellation);

    public Task<ProbeReply> DeleteAsync(string session, CancellationToken cancellation) =>
        RepeatedAsync(() => client.DeleteAsync(session, cancellation), cancellation);

    private async Task<ProbeReply> OnceAsync(
        ProbeCreate create, JsonObject body, string? path, string? apiKey, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Require(places: 1, owed: 1 + Lists.Both);
        _inDoubt[create.Person] = _inDoubt.GetValueOrDefault(create.Person) + 1;
        try
        {
            var reply = await client.CreateAsync(body, create.Key, cancellation, path, apiKey);
            Settle(create.Person, reply);
            return reply;
        }
        catch (ProbeStoppedException)
        {
            // Refused, or not sent.
            Settle(create.Person);
            throw;
        }
    }

    private async Task<ProbeReply> RepeatedAsync(Func<Task<ProbeReply>> send, CancellationToken cancellation)
    {
        Require(places: 1, owed: 0);
        var reply = await send();
        if (reply.Status == 429)
        {
            await Task.Delay(Wait(reply), time, cancellation);
            Require(places: 1, owed: 0);
            reply = await send();
        }

        Note(reply);
        return reply;
    }

    private void Note(ProbeReply reply)
    {
        _replies.Add(reply);
        if (_replies.Count == EnoughSilence && _replies.TrueForAll(r => r.Status == 0))
        {
            throw new ProbeStoppedException("Didit does not answer");
        }
    }

    // A session must never be left because the requests to find and delete it were spent.
    private void Require(int places, int owed)
    {
        var deletions = options.Keep ? 0 : owed + client.Sessions.Count + _inDoubt.Values.Sum(creates => creates + Lists.Both);
        if (client.Requests + places + deletions > options.MostRequests)
        {
            throw new ProbeStoppedException(string.Create(CultureInfo.InvariantCulture,
                $"of the {options.MostRequests} requests that were agreed on, {client.Requests} are used and the rest is kept to delete "
                    + $"what was made"));
        }
    }

    private void Settle(string person, ProbeReply reply)
    {
        if (reply.IsSession || reply.Status is >= 300 and < 500 and not 408)
        {
            Settle(person);
        }
    }

    private void Settle(string person)
    {
        if (--_inDoubt[person] == 0)
        {
            _inDoubt.Remove(person);
        }
    }

    public static TimeSpan Wait(ProbeReply reply) =>
        reply.Headers.TryGetValue("retry-after", out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, MaxWait.TotalSeconds))
            : DefaultWait;
}
