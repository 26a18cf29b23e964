using DiditWorker.Didit;
using DiditWorker.Hosting;
using DiditWorker.Operations.Broker;
using DiditWorker.Protocol;
using DiditWorker.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Hosting;

public sealed class When_a_host_has_the_settings
{
    [Test]
    public void It_is_not_built_of_wrong_ones_and_all_faults_are_listed() => Should.Throw<InvalidConfigurationException>(
        () => Build(("Didit:WorkflowId", "x"), ("Idempotency:Lease", "x"), ("Didit:ApiKeys", "x"))).Faults.Count.ShouldBe(4);

    [Test]
    public void Whoever_asks_for_one_section_needs_no_other()
    {
        using var services = new ServiceCollection().AddWorkerOptions(Configured.Of(("Redis:Typo", "x"))).BuildServiceProvider();

        services.GetRequiredService<BrokerAccess>().Address.Hosts.ShouldBe([("localhost", 5672)]);
        services.GetRequiredService<IdempotencyOptions>().Scope.ShouldBe("start-verification");
        services.GetRequiredService<DiditOptions>().RequestsPerMinute.PerMinute.ShouldBe(300);
        Should.Throw<OptionsValidationException>(() => services.GetRequiredService<RedisOptions>()).Message
            .ShouldStartWith("Redis:Typo = \"***\": ");
    }

    [Test]
    public void Only_who_asks_didit_needs_a_key()
    {
        using var services = new ServiceCollection().AddWorkerOptions(Configured.Of(("Didit:ApiKeyFile", "/no/such/key")))
            .BuildServiceProvider();

        Should.Throw<InvalidConfigurationException>(services.GetRequiredService<DiditOptions>().RevealApiKey).Message
            .ShouldContain("Didit:ApiKeyFile = \"/no/such/key\"");
        Should.Throw<OptionsValidationException>(
            () => new ServiceCollection().AddWorkerOptions(Configured.Of()).RequireApiKey().BuildServiceProvider()
                .GetRequiredService<DiditOptions>()).Message.ShouldStartWith("Didit:ApiKey = (not set): required");
    }

    [Test]
    public void A_class_gets_the_options_themselves()
    {
        using var host = Build(("Didit:ApiKey", "k"));
        var services = host.Services;

        services.GetRequiredService<DiditOptions>().ShouldBeSameAs(services.GetRequiredService<IOptions<DiditOptions>>().Value);
    }

    [Test]
    public void A_key_in_a_file_is_among_them()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "from-file");
            using var host = Build(("Didit:ApiKeyFile", path));

            host.Services.GetRequiredService<IOptionsMonitor<DiditOptions>>().CurrentValue.RevealApiKey().ShouldBe("from-file");
            host.Services.GetRequiredService<WorkerSecrets>().Files.ShouldHaveSingleItem();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static IHost Build(params (string Key, string? Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddDiditWorker(Configured.Of(settings));
        return builder.Build();
    }
}
