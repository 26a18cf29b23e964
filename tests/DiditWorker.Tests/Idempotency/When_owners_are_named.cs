using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_owners_are_named
{
    [Test]
    public void No_two_have_the_same_name_and_each_fits_between_blanks()
    {
        var names = Enumerable.Range(0, 1000).Select(_ => OwnerToken.Create()).ToList();

        names.Distinct(StringComparer.Ordinal).Count().ShouldBe(1000);
        names.ShouldAllBe(name => name.Length == 16 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-' || c == '_'));
    }
}
