using System.Net.Http.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

/// <summary>
/// Every error that an operator can cause, at real servers: what the command says, what it ends with, and what it says to do. The broker
/// has two dead letters: order-1 in the group InvalidMessage, order-2 in the group Timeout.
/// </summary>
public sealed class When_an_operator_is_mistaken
{
    private const string Poor = "poor-operator";
    private const string List = "dead-letters list";

    private static readonly Mistake[] All =
    [
        new("address of the broker", List, 69, "RabbitMQ at 127.0.0.1:1 cannot be reached (Connection refused)",
            "Check that it runs there, and ConnectionStrings:RabbitMq") { RabbitMq = _ => "amqp://guest:guest@127.0.0.1:1/" },
        new("name of the broker's host", List, 69, "RabbitMQ at no-such-host.invalid:5672 cannot be reached (",
            "ConnectionStrings:RabbitMq") { RabbitMq = _ => "amqp://guest:guest@no-such-host.invalid/" },
        new("password at the broker", List, 77, "RabbitMQ at {node} refuses user 'tests' (ACCESS_REFUSED - Login was refused",
            "Check user and password in ConnectionStrings:RabbitMq")
            { RabbitMq = right => With(right, RabbitMqServer.UserName, "wrong") },
        new("virtual host", List, 77, "RabbitMQ at {node} does not let user 'tests' into virtual host 'no-such-host' (NOT_ALLOWED - vhost",
            "Check the end of ConnectionStrings:RabbitMq")
            { RabbitMq = right => new UriBuilder(right) { Path = "no-such-host" }.ToString() },
        new("rights in the virtual host", List, 77, "RabbitMQ at {node} does not let user 'poor-operator' into virtual host",
            "rabbitmqctl list_vhosts and list_permissions")
            { RabbitMq = right => new UriBuilder(With(right, Poor, Poor)) { Path = "%2f" }.ToString() },
        new("rights on the queue", List, 77, "RabbitMQ at {node} refuses it to user 'poor-operator' (ACCESS_REFUSED - ",
            "grant user 'poor-operator' the right to") { RabbitMq = right => With(right, Poor, Poor) },
        new("address of Redis", "keys show order-1", 69, "Redis at 127.0.0.1:1 does not answer (",
            "Check that it runs there, and ConnectionStrings:Redis") { Redis = _ => "127.0.0.1:1,connectTimeout=500,connectRetry=0" },
        new("password at Redis", "keys show order-1", 77, "Redis at {redis} (user 'poor-operator') refuses it (NOAUTH ",
            "put the right user and password into ConnectionStrings:Redis") { Redis = right => As(right, Poor, "wrong") },
        new("rights at Redis", "keys show order-1", 77, "Redis at {redis} (user 'poor-operator') refuses it (NOPERM ",
            "give the user in ConnectionStrings:Redis the rights of deploy/redis/users.template.acl")
            { Redis = right => As(right, Poor, Poor) },
        new("key of Didit", "keys adopt order-2 session-1", 77, "Didit refuses the key for session session-1 (decision: ",
            "Check Didit:ApiKey") { ApiKey = "wrong" },
        new("key of Didit in a plan", "dead-letters plan --look-up", 77, "Didit refuses the key for 1 message (list: ",
            "Check Didit:ApiKey") { ApiKey = "wrong", HasText = true },
        new("no key of Didit", "dead-letters plan --look-up", 78, "Didit:ApiKey = (not set): required", "Didit:ApiKeyFile to a file")
            { ApiKey = "" },
        new("a setting", List + " --Didit:WorkflowId=mine", 78, "Didit:WorkflowId = \"mine\"", "expected a UUID with hyphens"),
        new("queue", List + " --queue orders_error", 3, "There is no queue orders_error in virtual host {vhost} of {node}",
            "Without --queue, dead letters are looked for in start-verification_error"),
        new("group", List + " --group Nonsense", 3, "None of 2 dead letters matches --group Nonsense",
            "there are InvalidMessage (1), Timeout (1)"),
        new("id", "dead-letters show order-9", 3, "None of 2 dead letters matches order-9;",
            "What became of it: diditworker keys show order-9"),
        new("key of a record", "keys show order-9", 3, "No record of request id order-9", "replay"),
        new("flag", List + " --grup x", 2, "There is no option --grup. Did you mean --group?",
            "See: diditworker dead-letters list --help"),
        new("command", "dead-letters lst", 2, "'lst' was not matched", "list"),
        new("value of a flag", List + " --limit many", 2, "--limit many: expected a whole number above 0",
            "See: diditworker dead-letters list --help"),
        new("a file that is not there", "dead-letters import /no/such/file --yes", 2, "/no/such/file: Could not find",
            "Nothing was imported."),
        new("a directory that is not there", "dead-letters export /no/such/file", 2, "/no/such/file: Could not find a part of the path",
            "Name a file that does not exist yet."),
        new("a file that is there", "dead-letters export /etc/hostname", 2, "/etc/hostname", "Name a file that does not exist yet."),
        new("a plan's file", "dead-letters plan --out /no/such/file", 2, "--out /no/such/file: Could not find a part of the path",
            "Name a new file in a directory that you may write to."),
    ];

    private RedisServer _redis = null!;
    private Arena _arena = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        var users = $"user default off\nuser tests on >tests ~* &* +@all\nuser {Poor} on >{Poor} +hello +ping +client +echo +info\n";
        _redis = await RedisServer.StartNewAsync(new(users, "tests", "tests"));
        _arena = await Arena.OpenAsync(_redis);
        _arena.Settings["ConnectionStrings:Redis"] = As(_redis.Endpoint, "tests", "tests");
        await _arena.StartWorkerAsync();
        await _arena.Broker.PublishRawAsync("order-1", """{"vendorData":5}""");
        await Eventually.UntilAsync(
            async () => (await _arena.OperateAsync("dead-letters", "list")).ExitCode == 0, TimeSpan.FromSeconds(30), "order-1 is parked");
        await using (var parking = await Parking.OpenAsync(_arena))
        {
            await parking.ParkAsync("order-2", """{"vendorData":"user-2"}""", "System.TimeoutException");
        }

        using var management = _arena.RabbitMq.ManagementClient();
        (await management.PutAsJsonAsync("api/users/" + Poor, new { password = Poor, tags = "" })).EnsureSuccessStatusCode();
        (await management.PutAsJsonAsync($"api/permissions/{VirtualHost}/{Poor}", new { configure = "^$", write = "^$", read = "^$" }))
            .EnsureSuccessStatusCode();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        using var management = _arena.RabbitMq.ManagementClient();
        await management.DeleteAsync(new Uri("api/users/" + Poor, UriKind.Relative));
        await _arena.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [TestCaseSource(nameof(All))]
    public async Task It_is_told_what_is_wrong_where_and_what_to_do(Mistake mistake)
    {
        var settings = new Dictionary<string, string?>(_arena.Settings, StringComparer.Ordinal)
        {
            ["ConnectionStrings:RabbitMq"] = mistake.RabbitMq(_arena.ConnectionString),
            ["ConnectionStrings:Redis"] = mistake.Redis(_arena.Settings["ConnectionStrings:Redis"]!),
            ["Didit:ApiKey"] = mistake.ApiKey,
        };

        var run = await Operating.RunAsync(
            [.. settings.Select(setting => $"--{setting.Key}={setting.Value}"), .. mistake.Command.Split(' ')]);

        run.ExitCode.ShouldBe(mistake.ExitCode, run.ToString());
        run.Notes.ShouldContain(Filled(mistake.Sentence));
        run.Notes.ShouldContain(mistake.WhatToDo);
        run.Notes.ShouldNotContain("..");
        run.Notes.ShouldNotContain("   at ", Case.Sensitive, "no stack trace");
        run.Text.Length.ShouldBe(mistake.HasText ? run.Text.Length : 0);
    }

    private string VirtualHost => new Uri(_arena.ConnectionString).AbsolutePath.Trim('/');

    private static string With(string address, string user, string password) =>
        new UriBuilder(address) { UserName = user, Password = password }.ToString();

    private static string As(string address, string user, string password) => $"{address.Split(',')[0]},user={user},password={password}";

    private string Filled(string sentence) => sentence
        .Replace("{node}", new Uri(_arena.ConnectionString).Authority.Split('@')[^1], StringComparison.Ordinal)
        .Replace("{vhost}", VirtualHost, StringComparison.Ordinal)
        .Replace("{redis}", _redis.Endpoint, StringComparison.Ordinal);

    /// <summary>A row of the table. What stands in braces is of the servers.</summary>
    public sealed record Mistake(string Name, string Command, int ExitCode, string Sentence, string WhatToDo)
    {
        public Func<string, string> RabbitMq { get; init; } = right => right;

        public Func<string, string> Redis { get; init; } = right => right;

        public string ApiKey { get; init; } = Arena.ApiKey;

        /// <summary>Whether it prints what it found out all the same.</summary>
        public bool HasText { get; init; }

        public override string ToString() => Name;
    }
}
