using DiditWorker.Secrets;
using DiditWorker.Tests.Hosting;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Hosting.Configured;

namespace DiditWorker.Tests.Secrets;

/// <summary>
/// Laid out as Kubernetes mounts a secret: files are links into <c>..data</c>, itself a link to a directory that is replaced as a whole.
/// </summary>
public sealed class When_a_secret_file_changes
{
    private string _folder = "";
    private int _version;

    private string Path => System.IO.Path.Combine(_folder, "secret");

    [SetUp]
    public void Mount()
    {
        _folder = Directory.CreateTempSubdirectory("diditworker-tests-").FullName;
        Put("first-0123456789");
        File.CreateSymbolicLink(Path, System.IO.Path.Combine("..data", "secret"));
    }

    [TearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_api_key_is_the_new_one()
    {
        var settings = Only(("Didit:ApiKeyFile", Path));

        ShouldTake(settings, "second-0123456789");

        settings.Didit.RevealApiKey().ShouldBe("second-0123456789");
        (settings.Didit with { WorkflowId = "w" }).RevealApiKey().ShouldBe("second-0123456789");
    }

    [Test]
    public void The_token_of_the_status_page_is_the_new_one()
    {
        var settings = With(("Status:Access", "Token"), ("Status:TokenFile", Path));

        ShouldTake(settings, "second-0123456789");

        settings.Status.Token!.Reveal().ShouldBe("second-0123456789");
    }

    [Test]
    public void The_broker_is_reached_with_the_new_password_and_by_the_new_nodes()
    {
        Put("amqp://user:first@rabbit/vhost");
        var settings = With(("ConnectionStrings:RabbitMqFile", Path));

        ShouldTake(settings, "amqp://user2:second@rabbit-1,rabbit-2/vhost");

        settings.RabbitMq.Password.Reveal().ShouldBe("second");
        settings.RabbitMq.Hosts.Count.ShouldBe(2);
        ShouldRefuse(settings, "amqp://user2:second@rabbit-1,rabbit-2/other", "restart");
    }

    [Test]
    public void Redis_is_reached_with_the_new_user_and_not_at_another_host()
    {
        Put("redis:6379,user=a,password=first");
        var settings = With(("ConnectionStrings:RedisFile", Path));

        ShouldTake(settings, "redis:6379,user=b,password=second");

        settings.Redis.ShouldBe("redis:6379,user=b,password=second");
        ShouldRefuse(settings, "other:6379,user=b,password=second", "restart");
        settings.Redis.ShouldBe("redis:6379,user=b,password=second");
    }

    [TestCase("")]
    [TestCase("two words")]
    public void One_that_cannot_be_used_changes_nothing_and_is_told_once(string content)
    {
        var settings = Only(("Didit:ApiKeyFile", Path));

        ShouldRefuse(settings, content, "holds");

        settings.Didit.RevealApiKey().ShouldBe("first-0123456789");
        ShouldTake(settings, "second-0123456789");
    }

    [Test]
    public void One_that_is_missing_changes_nothing_and_is_told_once()
    {
        var settings = Only(("Didit:ApiKeyFile", Path));
        var file = settings.SecretFiles.ShouldHaveSingleItem();
        Directory.Delete(System.IO.Path.Combine(_folder, "..data"));

        file.Look().ShouldBe(SecretChange.Refused);
        file.Problem!.ShouldContain("cannot be read");
        file.Look().ShouldBe(SecretChange.None);

        settings.Didit.RevealApiKey().ShouldBe("first-0123456789");
        ShouldTake(settings, "second-0123456789");
    }

    private static void ShouldBeSeenOnce(SecretFile file, SecretChange change)
    {
        file.Look().ShouldBe(change);
        file.Look().ShouldBe(SecretChange.None);
    }

    private void ShouldTake(Configured settings, string content)
    {
        Put(content);
        ShouldBeSeenOnce(settings.SecretFiles.ShouldHaveSingleItem(), SecretChange.Taken);
        settings.SecretFiles[0].Problem.ShouldBeNull();
    }

    private void ShouldRefuse(Configured settings, string content, string why)
    {
        Put(content);
        ShouldBeSeenOnce(settings.SecretFiles.ShouldHaveSingleItem(), SecretChange.Refused);
        settings.SecretFiles[0].Problem!.ShouldContain(why);
        settings.SecretFiles[0].Problem!.ShouldNotContain("second");
    }

    // As the kubelet does it: a new directory, a new link beside the old one, and a rename over it.
    private void Put(string content)
    {
        var data = System.IO.Path.Combine(_folder, "..data");
        var next = Directory.CreateDirectory(System.IO.Path.Combine(_folder, $"..v{++_version}")).FullName;
        File.WriteAllText(System.IO.Path.Combine(next, "secret"), content + "\n");
        File.Delete(data);
        Directory.CreateSymbolicLink(data, System.IO.Path.GetFileName(next));
    }
}
