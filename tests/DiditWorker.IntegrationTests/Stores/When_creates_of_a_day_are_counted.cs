using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>All replicas share one count, and the day is Redis'.</summary>
[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_creates_of_a_day_are_counted(Kind kind) : StoreTest(kind)
{
    private const int PerDay = 5;

    [Test]
    public async Task No_more_are_taken_than_there_may_be_however_many_come_at_once()
    {
        CreateCount[] replicas = [Count(), Count()];

        var days = await Task.WhenAll(Enumerable.Range(0, 8 * PerDay).Select(i => replicas[i % 2].TakeAsync()));

        days.OfType<long>().Count().ShouldBe(PerDay);
        await Task.WhenAll(replicas.Select(replica => replica.LookAsync()));
        replicas.ShouldAllBe(replica => replica.Latest.Used == PerDay);
        (await StoredAsync()).ShouldBe($"{replicas[0].Latest.Day} {PerDay}");
        (await TimeToLiveAsync()).ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromHours(47), TimeSpan.FromHours(48));
    }

    [Test]
    public async Task Another_day_begins_anew()
    {
        var today = (await Count().TakeAsync()).ShouldNotBeNull();
        await PutAsync($"{today - 1} {PerDay}");
        var count = Count();

        (await count.TakeAsync()).ShouldBe(today);

        count.Latest.ShouldBe((today, 1));
    }

    [Test]
    public async Task A_look_takes_none_and_writes_nothing()
    {
        var count = Count();

        await count.LookAsync();

        count.Latest.Used.ShouldBe(0);
        (await StoredAsync()).ShouldBeNull();
    }

    [Test]
    public async Task What_one_gives_back_another_may_take()
    {
        var (one, other) = (Count(), Count());
        var day = await TakeAllAsync(one);
        (await other.TakeAsync()).ShouldBeNull();

        one.GiveBack(day);
        one.GiveBack(day - 1);
        await one.LookAsync();

        (await other.TakeAsync()).ShouldBe(day);
        (await other.TakeAsync()).ShouldBeNull();
    }

    [Test]
    public async Task A_higher_setting_takes_more_at_once()
    {
        await TakeAllAsync(Count());

        (await Count(2 * PerDay).TakeAsync()).ShouldNotBeNull();
    }

    [Test]
    public async Task What_somebody_else_wrote_there_counts_for_nothing()
    {
        await PutAsync("many");

        (await Count().TakeAsync()).ShouldNotBeNull();
    }

    private CreateCount Count(int perDay = PerDay) => new(Connection, Name.ToString(), perDay, TimeProvider.System);

    private static async Task<long> TakeAllAsync(CreateCount count)
    {
        long? day = null;
        for (var i = 0; i < PerDay; i++)
        {
            day = (await count.TakeAsync()).ShouldNotBeNull();
        }

        return day!.Value;
    }
}
