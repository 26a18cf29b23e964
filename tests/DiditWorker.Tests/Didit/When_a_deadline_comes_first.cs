using System.Text;
using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Tests.Simulator;
using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>A wait ends with the deadline, and what is asked of Didit after it is only what an earlier attempt has made.</summary>
public sealed class When_a_deadline_comes_first
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Left = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");
    private readonly List<string> _requests = [];
    private SteppedTime _time = null!;
    private DateTimeOffset _deadline;

    [SetUp]
    public void Start()
    {
        _requests.Clear();
        _time = new();
        _deadline = _time.GetUtcNow() + Left;
    }

    [Test]
    public async Task A_pause_of_creates_is_not_waited_for()
    {
        await using var didit = Open(_ => throw new InvalidOperationException("unreachable"));
        Pause(didit.Pipeline.Creates.Gate);

        (await EndAsync(didit)).ShouldBeOfType<ExpiredException>();

        _requests.ShouldBeEmpty();
        ShouldHaveEndedWithIt();
    }

    // Nothing has arrived there, so there is nothing to be looked for.
    [Test]
    public async Task Nor_is_the_next_try_of_what_was_never_sent()
    {
        await using var didit = Open(_ => throw new HttpRequestException(HttpRequestError.ConnectionError));

        (await EndAsync(didit)).ShouldBeOfType<ExpiredException>();

        _requests.ShouldNotBeEmpty();
        _requests.ShouldAllBe(request => request == "POST");
        ShouldHaveEndedWithIt();
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task What_may_have_been_made_is_looked_for_once_reads_go_on(bool made)
    {
        await using var didit = Open(request => request.Method == HttpMethod.Post ? Reply(500) : Listed(made));
        Pause(didit.Pipeline.Reads.Gate);
        var running = didit.AnswerAsync(Key, maybeAttempted: false, _deadline);
        await UntilAsync(_deadline);

        // Reads pause, and only they can tell.
        _requests.ShouldBe(["POST"]);
        running.IsCompleted.ShouldBeFalse();
        didit.Pipeline.Reads.Gate.Succeeded(_time.GetUtcNow().AddSeconds(1));
        var ended = await EndAsync(running);

        (ended is null, ended is ExpiredException).ShouldBe((made, !made), ended?.ToString());
        _requests.Count(request => request == "POST").ShouldBe(1);
    }

    [Test]
    public async Task A_redelivered_one_is_looked_for_before_it_is_given_up()
    {
        await using var didit = Open(_ => Listed(made: false));
        _time.Advance(TimeSpan.FromMinutes(1));

        (await EndAsync(didit.AnswerAsync(Key, maybeAttempted: true, _deadline))).ShouldBeOfType<ExpiredException>();

        _requests.ShouldNotBeEmpty();
        _requests.ShouldAllBe(request => request == "GET");
    }

    [Test]
    public async Task It_is_looked_at_again_when_its_place_in_the_rate_has_come()
    {
        await using var didit = Open(_ => throw new InvalidOperationException("unreachable"));
        await using var work = didit.Work(Key);

        var ended = await didit.Steps.CreateAsync(
            work, new(EffectKind.Create) { NotAfter = _time.GetUtcNow() }, CancellationToken.None).WaitAsync(Bound);

        (ended.Kind, _requests.Count).ShouldBe((EventKind.TooLate, 0));
    }

    // A millisecond less than nothing would mean for ever.
    [TestCase(-1000, 0)]
    [TestCase(-1, 0)]
    [TestCase(0, 0)]
    [TestCase(5000, 5000)]
    [TestCase(3_600_000, 600_000)]
    public async Task A_place_in_the_rate_is_waited_for_no_longer(int milliseconds, int expected)
    {
        await using var didit = Open(_ => throw new InvalidOperationException("unreachable"));
        await using var work = didit.Work(Key);

        work.LongestWait(new(EffectKind.Create) { NotAfter = _time.GetUtcNow().AddMilliseconds(milliseconds) })
            .ShouldBe(TimeSpan.FromMilliseconds(expected));
    }

    private StubbedDidit Open(Func<HttpRequestMessage, HttpResponseMessage> answer) => new(
        request =>
        {
            lock (_requests)
            {
                _requests.Add(request.Method.Method);
            }

            return answer(request);
        },
        _time, kind: SessionKinds.User);

    private void Pause(Gate gate) =>
        gate.Close(TimeSpan.FromHours(1), PauseReasons.CircuitOpen, "", _time.GetUtcNow());

    private Task<Exception?> EndAsync(StubbedDidit didit) => EndAsync(didit.AnswerAsync(Key, maybeAttempted: false, _deadline));

    // What is not its own wait may move the clock a little further, but not until the pause or the next try.
    private void ShouldHaveEndedWithIt() => _time.GetUtcNow().ShouldBeInRange(_deadline, _deadline + Left);

    // Null: it was answered with a session.
    private async Task<Exception?> EndAsync(Task<Answer> running)
    {
        while (!running.IsCompleted)
        {
            var waiting = _time.SomebodyWaitsAsync();
            if (await Task.WhenAny(running, waiting) == waiting)
            {
                Go(await waiting);
            }
        }

        return await running.ContinueWith(ended => ended.Exception?.InnerException, TaskScheduler.Default);
    }

    private async Task UntilAsync(DateTimeOffset end)
    {
        while (_time.GetUtcNow() < end)
        {
            Go(await _time.SomebodyWaitsAsync());
        }
    }

    // The clock moves on by what the message waits; time-outs and pauses are not waited for.
    private void Go(TimeSpan wait)
    {
        if (wait > TimeSpan.Zero && wait <= Left && wait != AttemptTimeout)
        {
            _time.Advance(wait);
        }
    }

    private static HttpResponseMessage Reply(int status) => StubbedDidit.Reply(status, "{}"u8.ToArray());

    private static HttpResponseMessage Listed(bool made) => StubbedDidit.Reply(200, Encoding.UTF8.GetBytes(
        $$"""{"next":null,"results":[{{(made ? Session : "")}}]}"""));

    private static string Session =>
        $$"""{"metadata":{"diditworker_key":"{{Key}}"},"session_id":"s-1","url":"https://v/1","status":"Approved"}""";
}
