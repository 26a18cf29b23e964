using System.Net.Http.Headers;

namespace DiditWorker.Simulator.Memory;

/// <summary>Refuses a fault that could not do what it says.</summary>
internal static class FaultChecks
{
    private const int MaxBody = 1 << 30;

    public static void Check(FaultRule rule, FieldErrors errors)
    {
        errors.When(rule.Count < 1, "count", "must be 1 or more, or absent to fire until cleared");
        errors.When(rule.Skip < 0, "skip", "must be 0 or more");
        errors.When(rule.Probability is not (>= 0 and <= 1), "probability", "must be from 0 to 1");
        errors.WhenNotADelay(rule.Delay, "delay");
        errors.When(rule is { Kind: FaultKind.Delay, Delay: null }, "delay", "is required for kind delay");
        errors.When(rule is { Kind: FaultKind.Status, Status: null }, "status", "is required for kind status: 200 to 599");
        errors.When(rule.Status is < 200 or > 599, "status", "must be from 200 to 599");
        errors.When(rule.Size is < 1 or > MaxBody, "size", $"must be from 1 to {MaxBody} bytes");
        errors.When(!IsHeaderText(rule.RetryAfter), "retryAfter", "must be printable ASCII");
        errors.When(rule.ContentType is { } type && !MediaTypeHeaderValue.TryParse(type, out _), "contentType", "must be a media type");
        errors.When(rule.Headers?.All(h => IsHeader(h.Key, h.Value)) == false, "headers", "must map header names to printable ASCII");
    }

    private static bool IsHeader(string name, string value) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && value is not null && IsHeaderText(value);

    private static bool IsHeaderText(string? text) => text?.All(c => c is >= ' ' and <= '~') != false;
}
