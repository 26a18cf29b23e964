using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>Where a delivery stands and what it is to do now. One object for each: equal ones are the same.</summary>
internal sealed class Standing(int id, DeliveryState state, Effect doing, DeliveryState inFull)
{
    public int Id => id;

    /// <summary>One of the states that this is the plain form of.</summary>
    public DeliveryState InFull => inFull;

    public DeliveryState State => state;

    public Effect Doing => doing;

    /// <summary>The same once a look-up delay has passed; null: not asked for yet.</summary>
    public Standing? Later { get; set; }

    /// <summary>Whether it looks for a session, and has to wait with that.</summary>
    public bool MustWait => doing is { Kind: EffectKind.LookUp } && doing.Delay > TimeSpan.Zero;

    public bool IsOver => state.Stage == Stage.Done;

    public override string ToString() => IsOver || doing.Kind == EffectKind.Claim ? $"{doing.Kind}" : $"{state.Stage}/{doing.Kind}";
}

/// <summary>The protocol, asked. What no later step reads is left out of its states, so that equal situations are one.</summary>
internal sealed class Standings(Scenario scenario)
{
    private readonly Dictionary<(DeliveryState, Effect), Standing> _known = [];
    private readonly ProtocolSettings _settings = scenario.Settings;

    public Standing Begin(Evidence evidence, DateTimeOffset now)
    {
        var state = VerificationProtocol.Begin(evidence, now);
        return Next(new(-1, state, Effect.Claim, state), new(EventKind.Delivered, now));
    }

    public Standing Next(Standing at, DeliveryEvent e)
    {
        var (state, doing, inFull) = Step(at.State, e);
        if (scenario.ChecksPlain && Step(at.InFull, e) is var full && (full.State != state || full.Doing != doing))
        {
            throw new InvalidOperationException(
                $"the model leaves out what matters: {e.Kind} at {at}: {doing.Kind}, and in full {full.Doing.Kind}");
        }

        return Of(state, doing, inFull);
    }

    public Standing Later(Standing at) =>
        at.Later ??= Of(
            Plain.Later(at.State, scenario.NextTryNeverDue), Plain.Later(at.Doing), Plain.Later(at.InFull, scenario.NextTryNeverDue));

    /// <summary>The same once the deadline is over.</summary>
    public Standing Late(Standing at) => at.IsOver ? at : Of(Plain.Late(at.State), Plain.Late(at.Doing), Plain.Late(at.InFull));

    /// <summary>A delivery that ends without having been asked to.</summary>
    public Standing Ended()
    {
        var state = new DeliveryState(new Evidence("", PublishedAt: null, MaybeAttempted: false)) { Stage = Stage.Done };
        return Of(state, new(EffectKind.AnswerFromRecord), state);
    }

    private (DeliveryState State, Effect Doing, DeliveryState InFull) Step(DeliveryState at, DeliveryEvent e)
    {
        var (before, given) = Planting.Given(scenario.Planted, at, e);
        var (state, effect) = VerificationProtocol.Next(before, given, _settings);
        (state, effect) = Planting.Made(scenario.Planted, state, effect);
        return (Plain.State(state, effect.Kind, e.Now), Plain.Effect(effect), state);
    }

    private Standing Of(DeliveryState state, Effect doing, DeliveryState inFull)
    {
        if (!_known.TryGetValue((state, doing), out var standing))
        {
            _known.Add((state, doing), standing = new(_known.Count, state, doing, inFull));
        }

        return standing;
    }
}
