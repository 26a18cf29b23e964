using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_a_key_file_is_read
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Test]
    public void White_space_around_the_base64_is_ignored() =>
        AnswerKeys.Read(" " + Convert.ToBase64String(Key) + "\r\n").All.ShouldHaveSingleItem().ShouldBe(Key);

    [Test]
    public void Each_line_is_a_key_and_the_order_is_kept() =>
        AnswerKeys.Read($"{Convert.ToBase64String(new byte[32])}\r\n\r\n {Convert.ToBase64String(Key)}\n")
            .All.ShouldBe([new byte[32], Key]);

    [TestCase(0)]
    [TestCase(16)]
    [TestCase(31)]
    [TestCase(33)]
    [TestCase(64)]
    [TestCase(65)]
    [TestCase(500)]
    public void Another_length_is_refused(int length) =>
        Should.Throw<FormatException>(() => AnswerKeys.Read(Convert.ToBase64String(new byte[length]))).Message.ShouldContain("32");

    [Test]
    public void One_wrong_line_is_told_by_its_number() =>
        Should.Throw<FormatException>(() => AnswerKeys.Read(Convert.ToBase64String(Key) + "\nAAAA"))
            .Message.ShouldStartWith("key 2 is not base64 of 32 bytes");

    [TestCase("not-base64-but-secret")]
    [TestCase("c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I*")]
    public void The_message_never_holds_what_the_file_holds(string content) =>
        Should.Throw<FormatException>(() => AnswerKeys.Read(content)).Message.ShouldNotContain(content);
}
