using DiditWorker.Idempotency;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_a_key_file_is_read
{
    private string path = "";

    [SetUp]
    public void Name() => path = Path.GetTempFileName();

    [TearDown]
    public void Delete() => File.Delete(path);

    [Test]
    public void White_space_around_the_base64_is_ignored()
    {
        var key = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        File.WriteAllText(path, " " + Convert.ToBase64String(key) + "\r\n");

        AnswerCipher.ReadKey(path).ShouldBe(key);
    }

    [TestCase(0)]
    [TestCase(16)]
    [TestCase(31)]
    [TestCase(33)]
    [TestCase(64)]
    [TestCase(65)]
    [TestCase(500)]
    public void Another_length_is_refused(int length)
    {
        File.WriteAllText(path, Convert.ToBase64String(new byte[length]));

        Should.Throw<FormatException>(() => AnswerCipher.ReadKey(path)).Message.ShouldContain("32 bytes");
    }

    [TestCase("not-base64-but-secret")]
    [TestCase("c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I*")]
    public void The_message_never_holds_what_the_file_holds(string content)
    {
        File.WriteAllText(path, content);

        Should.Throw<FormatException>(() => AnswerCipher.ReadKey(path)).Message.ShouldNotContain(content);
    }

    [Test]
    public void A_missing_file_is_an_io_fault() => Should.Throw<IOException>(() => AnswerCipher.ReadKey(path + ".missing"));
}
