using System.Text.RegularExpressions;

namespace DiditWorker.Operations.Broker;

/// <summary>What to grant when the broker refuses something (403).</summary>
internal static partial class RefusedRight
{
    /// <summary>
    /// Reads RabbitMQ's own words, such as <c>ACCESS_REFUSED - read access to queue 'q' in vhost '/' refused for user 'u'</c>.
    /// </summary>
    /// <returns>Null if the text tells of no refused right.</returns>
    public static string? ActionFor(string? text)
    {
        if (text is null || Refusal().Match(text) is not { Success: true } match)
        {
            return null;
        }

        string Part(string group) => match.Groups[group].Value;
        var (kind, name) = (Part("kind"), Part("name"));

        // A look is refused as "configure", but from RabbitMQ 4.3 on any right on the name will do; before, none was needed. RabbitMQ 3.10
        // does not say which right it misses.
        var right = Part("right") switch
        {
            "configure" or "" when kind == "queue" && !IsForParking(name) => "read",
            "configure" or "" => "write",
            var other => other,
        };
        return $"grant user '{Part("user")}' the right to {right} {kind} '{name}' in virtual host '{Part("host")}' "
            + "(rabbitmqctl set_permissions; deploy/rabbitmq/README.md lists the rights). "
            + "With StartVerification:Topology=Declare it also needs configure";
    }

    private static bool IsForParking(string queue) =>
        queue.EndsWith("_error", StringComparison.Ordinal) || queue.EndsWith("_skipped", StringComparison.Ordinal);

    [GeneratedRegex(
        "((?<right>configure|write|read) )?access to (?<kind>queue|exchange) '(?<name>[^']*)' in vhost '(?<host>[^']*)' "
        + "refused for user '(?<user>[^']*)'",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Refusal();
}
