using System.Globalization;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>What <c>list</c> tells of groups and messages, for people and for scripts.</summary>
internal sealed class ListView(DateTimeOffset now)
{
    /// <summary>A group's cells.</summary>
    public string[] Row(GroupSummary group) =>
    [
        group.Group, group.Count.ToString(CultureInfo.InvariantCulture), Age(group.Oldest), WindowLeft(group), group.MostFrequentFault,
        WhatHelps.With(group.Group),
    ];

    /// <summary>A message's cells.</summary>
    public string[] Row(DeadLetter letter, WindowAge age) =>
        [letter.Name, letter.Group, Age(letter.FaultedAt), WindowLeft(age.State, age.EndsAt), letter.FaultInWords];

    private string WindowLeft(GroupSummary group)
    {
        var (over, open) = (group.In(WindowState.Expired), group.In(WindowState.Inside) + group.In(WindowState.NearTheEnd));
        return open == 0 ? WindowLeft(over > 0 ? WindowState.Expired : WindowState.Unknown, end: null)
            : WindowLeft(WindowState.Inside, group.NextWindowEnd) + (over > 0 ? $", {over} over" : "");
    }

    private string WindowLeft(WindowState state, DateTimeOffset? end) => state switch
    {
        WindowState.Expired => "over",
        WindowState.Unknown => "unknown",
        _ => Words.Age(end!.Value - now),
    };

    private string Age(DateTimeOffset? at) => at is { } parked ? Words.Age(now - parked) : "unknown";

    /// <summary>For scripts.</summary>
    public static object ToJson(GroupSummary group, bool showBody) => new
    {
        group.Group,
        group.FaultType,
        group.Queue,
        group.Count,
        group.Oldest,
        group.Newest,
        Window = new
        {
            Inside = group.In(WindowState.Inside),
            NearTheEnd = group.In(WindowState.NearTheEnd),
            Expired = group.In(WindowState.Expired),
            Unknown = group.In(WindowState.Unknown)
        },
        group.NextWindowEnd,
        group.DeliveryCount,
        group.AcquiredCount,
        Examples = group.Examples.Select(letter => new
        {
            letter.Reference,
            letter.Delivery?.RequestId,
            Key = letter.Delivery?.Key.ToString(),
            letter.FaultedAt,
            letter.VendorDataHash,
            letter.Replays,
            Body = showBody ? Redaction.Open(letter.Body) : null,
        }),
    };
}
