using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Secrets;
using DiditWorker.Status;
using DiditWorker.Tests.Shared;
using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace DiditWorker.Tests.Deploy;

/// <summary>
/// The settings on the page are made from the documentation of the options and from their defaults. <c>tests/pages</c> writes them.
/// </summary>
public sealed partial class The_configuration_page
{
    private const int MaxColumns = 140;
    private static readonly string Page = Path.Combine(Repository.Root, "deploy", "CONFIGURATION.md");

    private static readonly (string Section, object Defaults)[] Sections =
    [
        ("Didit", new DiditOptions { ApiKey = "" }), ("Idempotency", new IdempotencyOptions()),
        ("StartVerification", new StartVerificationOptions()), ("Status", new StatusOptions()),
    ];

    [Test]
    public void Says_what_the_options_say()
    {
        var page = File.ReadAllText(Page);
        var made = Sections.Aggregate(page, (text, one) => Region(one.Section).Replace(
            text, match => $"{match.Groups["begin"].Value}\n\n{Made(one.Section, one.Defaults)}\n{match.Groups["end"].Value}"));
        if (Environment.GetEnvironmentVariable("DIDITWORKER_WRITE_PAGES") is { Length: > 0 })
        {
            File.WriteAllText(Page, made);
        }

        made.ShouldBe(File.ReadAllText(Page), "tests/pages writes it");
        Sections.ShouldAllBe(one => made.Contains($"`{one.Section}:", StringComparison.Ordinal));
    }

    [Test]
    public void Every_number_and_time_has_bounds() => Sections.SelectMany(one => one.Defaults.GetType().GetProperties().Where(IsSetting))
        .Where(property => IsNumber(property) || property.PropertyType == typeof(TimeSpan))
        .ShouldAllBe(property => property.GetCustomAttribute<RangeAttribute>() != null);

    private static string Made(string section, object defaults)
    {
        var docs = XDocument.Load(Path.ChangeExtension(defaults.GetType().Assembly.Location, ".xml")).Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);
        var made = new StringBuilder();
        foreach (var property in defaults.GetType().GetProperties().Where(IsSetting))
        {
            var doc = docs[$"P:{property.DeclaringType!.FullName}.{property.Name}"];
            var name = $"`{section}:{property.Name}`" + (IsSecret(property) ? $", `{section}:{property.Name}File`" : "");
            var value = !IsSecret(property) && Text(property.GetValue(defaults)) is { Length: > 0 } text ? $" = `{text}`" : "";
            var allowed = Allowed(property) + (doc.Element("remarks") is { } remarks ? " " + Markdown(remarks) : "");
            Wrap(made, $"- **{name}**{value}: {Markdown(doc.Element("summary")!)}{allowed}");
        }

        return made.ToString();
    }

    // Each may come from a file instead, which is named beside it.
    private static bool IsSecret(PropertyInfo property) => property.PropertyType == typeof(Secret);

    // What is worked out of others nobody sets.
    private static bool IsSetting(PropertyInfo property) => property.SetMethod is { IsPublic: true }
        && !property.DeclaringType!.GetProperties().Any(other => IsSecret(other) && property.Name == other.Name + "File");

    private static bool IsNumber(PropertyInfo property) =>
        (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(int);

    private static string Allowed(PropertyInfo property) => property.GetCustomAttribute<RangeAttribute>() is { } range
        ? " " + Bounds().Replace(range.FormatErrorMessage(""), IsNumber(property)
            ? "Allowed: ${from} to ${to}." : "Allowed: `${from}` to `${to}`.")
        : "";

    private static string Text(object? value) => value switch
    {
        TimeSpan time => time.ToString("c"),
        Uri address => address.ToString().TrimEnd('/'),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Markdown(XElement doc) => Blanks().Replace(
        string.Concat(doc.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" } see =>
            see.Attribute("langword")?.Value ?? $"`{see.Attribute("cref")!.Value.Split('.')[^1]}`",
            _ => "",
        })), " ").Trim();

    private static void Wrap(StringBuilder made, string text)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length + 1 + word.Length > MaxColumns)
            {
                made.Append(line).Append('\n');
                line.Clear().Append(' ');
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        made.Append(line).Append('\n');
    }

    private static Regex Region(string section) => new(
        $"(?<begin><!-- made from the documentation of {section}Options: tests/pages -->).*?(?<end><!-- end -->)",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    [GeneratedRegex("^.* from (?<from>\\S+) to (?<to>\\S+).*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bounds();

    [GeneratedRegex("\\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Blanks();
}
