using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using DiditWorker.Contracts;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Contracts;

/// <summary>Publishers are on other versions of .NET: for them there is .NET Standard 2.0.</summary>
public sealed class The_package
{
    private static readonly string OfNow = typeof(StartVerification).Assembly.Location;

    private static readonly string OfOlder = Path.Combine(AppContext.BaseDirectory, "netstandard2.0", "DiditWorker.Contracts.dll");

    [Test]
    public void Has_the_same_members_on_older_versions_of_dotnet()
    {
        var now = Properties(OfNow);

        now.ShouldContain("StartVerification.VendorData");
        Properties(OfOlder).ShouldBe(now);
    }

    [Test]
    public void Needs_nothing_there_but_json()
    {
        using var file = File.OpenRead(OfOlder);
        using var image = new PEReader(file);
        var reader = image.GetMetadataReader();

        reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))
            .ShouldBe(["netstandard", "System.Text.Json"], ignoreOrder: true);
    }

    // Those of the compiler's own helpers are no part of it.
    private static List<string> Properties(string path)
    {
        using var file = File.OpenRead(path);
        using var image = new PEReader(file);
        var reader = image.GetMetadataReader();
        return
        [
            .. reader.TypeDefinitions.Select(reader.GetTypeDefinition)
                .Where(type => (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public
                    && reader.GetString(type.Namespace) == "DiditWorker.Contracts")
                .SelectMany(type => type.GetProperties().Select(property =>
                    $"{reader.GetString(type.Name)}.{reader.GetString(reader.GetPropertyDefinition(property).Name)}"))
                .Order(StringComparer.Ordinal),
        ];
    }
}
