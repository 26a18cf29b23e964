using System.Text.RegularExpressions;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Transport;

/// <summary>MassTransit 8 ends and 9 is sold: whoever replaces it must find it in few places.</summary>
public sealed partial class The_bus_library
{
    private static readonly string[] Places = ["DiditWorker/Messaging/", "DiditWorker/Status/BrokerCheck.cs", "DiditWorker.Demo/"];

    [Test]
    public void Is_named_by_the_transport_and_the_consumer_only()
    {
        var source = Path.Combine(Repository.Root, "src");
        var named = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(source, path).Replace('\\', '/'))
            .Where(path =>
                !path.Contains("/obj/", StringComparison.Ordinal) && Named().IsMatch(File.ReadAllText(Path.Combine(source, path))))
            .ToList();

        named.ShouldContain("DiditWorker/Messaging/RabbitMqTransport.cs");
        named.Where(path => !Places.Any(place => path.StartsWith(place, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    // A directive, or a type written out in full.
    [GeneratedRegex(
        @"^using (static )?MassTransit[.;]|\bMassTransit\.[A-Z]\w+[.(<]", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();
}
