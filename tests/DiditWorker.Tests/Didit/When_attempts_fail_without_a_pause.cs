using DiditWorker.Didit;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_attempts_fail_without_a_pause
{
    private Availability availability = null!;

    [SetUp]
    public void Start() => availability = new(new FakeTimeProvider(), NoMetrics.Create());

    [Test]
    public void The_third_in_a_row_is_worth_telling()
    {
        Fail(2);
        availability.Trouble.ShouldBeNull();

        availability.Failed("503");

        availability.Trouble.ShouldBe("the last 3 attempts failed, the latest with: 503");
        availability.Current.ShouldBeNull();
    }

    [Test]
    public void A_success_of_anybody_starts_the_count_anew()
    {
        Fail(2);
        availability.CreateAnswered();
        Fail(2);
        availability.Resume();
        Fail(2);

        availability.Trouble.ShouldBeNull();
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            availability.Failed("reset");
        }
    }
}
