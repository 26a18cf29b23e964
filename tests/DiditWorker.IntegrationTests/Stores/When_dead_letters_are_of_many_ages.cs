using System.Globalization;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Redis;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>The counts in Redis are read by every replica every few seconds, so they must not grow with the time that passes.</summary>
public sealed class When_dead_letters_are_of_many_ages
{
    private const string Queue = "start-verification_error";
    private const string Group = "InvalidMessage";
    private const string Other = "RefusedByDidit";
    private static readonly DateTimeOffset First = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _prefix = $"t{Guid.NewGuid():N}:";
    private RedisConnection _redis = null!;
    private DeadLetterCounts _counts = null!;

    [OneTimeSetUp]
    public async Task ConnectAsync()
    {
        _redis = new((await TestServers.RedisAsync()).ConnectionString);
        _counts = new(
            _redis, new() { KeyPrefix = _prefix }, TimeSpan.FromMinutes(5), TimeProvider.System, NullLogger<DeadLetterCounts>.Instance);
    }

    [OneTimeTearDown]
    public async Task DisconnectAsync() => await _redis.DisposeAsync();

    [SetUp]
    public async Task ForgetAsync() => await (await _redis.DatabaseAsync()).KeyDeleteAsync(Key);

    private string Key => $"{_prefix}{{deadletters}}:{Queue}";

    [Test]
    public async Task No_more_fields_are_kept_than_that_and_none_is_lost()
    {
        await ChangeAsync(0, DeadLetterCounts.MaxFields + 500, 1);

        (await FieldsAsync()).ShouldBe(DeadLetterCounts.MaxFields);
        (await CountedAsync()).ShouldBe((DeadLetterCounts.MaxFields + 500, First));
    }

    [Test]
    public async Task What_is_taken_out_is_found_under_the_minute_that_it_was_counted_with()
    {
        await ChangeAsync(0, DeadLetterCounts.MaxFields + 500, 1);

        await ChangeAsync(DeadLetterCounts.MaxFields, DeadLetterCounts.MaxFields + 500, -1);
        (await CountedAsync()).ShouldBe((DeadLetterCounts.MaxFields, First));

        await ChangeAsync(0, DeadLetterCounts.MaxFields, -1);
        (await FieldsAsync()).ShouldBe(0);
    }

    [Test]
    public async Task Another_group_is_counted_for_itself_all_the_same()
    {
        await ChangeAsync(0, DeadLetterCounts.MaxFields, 1);

        await _counts.ParkedAsync(Queue, Other, First.AddDays(1));

        (await _counts.ReadAsync(Queue)).ShouldContain(new CountedGroup(Other, 1, First.AddDays(1)));
    }

    [Test]
    public async Task What_an_earlier_version_left_is_folded()
    {
        var minute = First.ToUnixTimeSeconds() / 60;
        await (await _redis.DatabaseAsync()).HashSetAsync(
            Key, [.. Enumerable.Range(0, 20_000).Select(i =>
                new HashEntry(string.Create(CultureInfo.InvariantCulture, $"{minute + i:D10}|{(i % 2 == 0 ? Group : Other)}"), 1))]);

        await _counts.ParkedAsync(Queue, Group, First.AddMinutes(2));

        (await FieldsAsync()).ShouldBeLessThanOrEqualTo(DeadLetterCounts.MaxFields);
        (await _counts.ReadAsync(Queue)).ShouldBe(
            [new(Group, 10_001, First), new(Other, 10_000, First.AddMinutes(1))], ignoreOrder: true);
    }

    private Task ChangeAsync(int from, int to, int change) => _counts.ChangeAsync(
        Queue, [.. Enumerable.Range(from, to - from).Select(i => (Group, (DateTimeOffset?)First.AddMinutes(i)))], change);

    private async Task<long> FieldsAsync() => await (await _redis.DatabaseAsync()).HashLengthAsync(Key);

    private async Task<(long, DateTimeOffset?)> CountedAsync()
    {
        var group = (await _counts.ReadAsync(Queue)).ShouldHaveSingleItem();
        return (group.Count, group.OldestPublished);
    }
}
