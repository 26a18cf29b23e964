using System.Globalization;
using DiditWorker.Operations.Broker;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.Tests.Transport;

public sealed class When_headers_fill_the_frame
{
    private const int Most = 64 * 1024;

    [Test]
    public void What_fits_is_left_alone()
    {
        var headers = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["text"] = new byte[60_000], ["number"] = 7, ["nothing"] = null, ["list"] = new List<object?> { 1, "a" },
            ["table"] = Nested(20),
        };

        HeaderRoom.Make(headers);

        headers.Keys.ShouldBe(["text", "number", "nothing", "list", "table"]);
    }

    [Test]
    public void The_largest_ones_go_first_and_are_named()
    {
        var headers = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["small"] = "x", ["large"] = new byte[40_000], ["larger"] = new string('x', 50_000),
            ["largest"] = new BinaryTableValue(new byte[55_000]),
        };

        HeaderRoom.Make(headers);

        headers.Keys.ShouldBe(["small", "large", HeaderRoom.Dropped], ignoreOrder: true);
        headers[HeaderRoom.Dropped].ShouldBe("largest, larger");
    }

    [Test]
    public void Of_very_many_as_many_go_as_must_and_few_are_named()
    {
        var headers = Enumerable.Range(0, 10_000)
            .ToDictionary(
                i => string.Create(CultureInfo.InvariantCulture, $"b{i:00000}"), _ => (object?)new byte[1], StringComparer.Ordinal);

        HeaderRoom.Make(headers);

        headers.Count.ShouldBeInRange(Most / 20, Most / 10);
        ((string)headers[HeaderRoom.Dropped]!)
            .ShouldEndWith(string.Create(CultureInfo.InvariantCulture, $" and {10_000 - (headers.Count - 1) - 20} more"));
    }

    [Test]
    public void A_long_name_is_cut_short()
    {
        var headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [new string('n', 255)] = new byte[70_000] };

        HeaderRoom.Make(headers);

        headers.ShouldHaveSingleItem().Value.ShouldBe(new string('n', 64) + "…");
    }

    [TestCase(33)]
    [TestCase(100_000)]
    public void What_is_nested_too_deep_goes_and_is_not_walked_to_its_end(int depth)
    {
        var headers = new Dictionary<string,
            object?>(StringComparer.Ordinal)
        { ["table"] = Nested(depth), ["list"] = Lists(depth), ["small"] = 1 };

        HeaderRoom.Make(headers);

        headers.Keys.ShouldBe(["small", HeaderRoom.Dropped], ignoreOrder: true);
    }

    private static Dictionary<string, object?> Nested(int depth) => Enumerable.Range(0, depth).Aggregate(
        new Dictionary<string, object?>(StringComparer.Ordinal), (inner, _) => new(StringComparer.Ordinal) { ["n"] = inner });

    private static List<object?> Lists(int depth) => Enumerable.Range(0, depth).Aggregate(new List<object?>(), (inner, _) => [inner]);
}
