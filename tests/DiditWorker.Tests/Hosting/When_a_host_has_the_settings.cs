using DiditWorker.Didit;
using DiditWorker.Hosting;
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

            host.Services.GetRequiredService<IOptionsMonitor<DiditOptions>>().CurrentValue.ApiKey.Reveal().ShouldBe("from-file");
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
