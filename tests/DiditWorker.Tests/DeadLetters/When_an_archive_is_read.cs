using System.Text;
using DiditWorker.Operations.Archive;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

public sealed class When_an_archive_is_read
{
    private static readonly string Good = Archived.Line(new() { MessageId = "order-1" }, "{}"u8.ToArray());
    private string _path = "";

    [SetUp]
    public void CreateFile() => _path = Path.GetTempFileName();

    [TearDown]
    public void DeleteFile() => File.Delete(_path);

    [Test]
    public void Headers_of_files_may_stand_anywhere_so_that_archives_can_be_put_together()
    {
        var header = Archived.Header(DateTimeOffset.UnixEpoch);
        header.ShouldBe("""{"format":"diditworker-dead-letters","version":2,"exportedAt":"1970-01-01T00:00:00+00:00"}""");

        Read(header, Good, header, Good, "").Count.ShouldBe(2);
        Read(Good).Single().Properties.MessageId.ShouldBe("order-1");
    }

    [Test]
    public void A_file_of_a_later_version_is_refused() =>
        Fails(1, "another format or version", """{"format":"diditworker-dead-letters","version":3}""", Good);

    [Test]
    public void A_last_line_that_is_cut_off_is_refused_and_explained() => Fails(2, "Delete the line and import again", Good, Good[..^20]);

    [Test]
    public void A_line_in_the_middle_that_is_no_JSON_is_refused_with_its_number() => Fails(2, "is no JSON", Good, Good[..^20], Good);

    [Test]
    public void A_redacted_line_is_refused() =>
        Fails(2, "Export it without --redact", Good, Archived.Redacted(new() { MessageId = "order-2" }, "{}"u8.ToArray()));

    [Test]
    public void A_changed_body_is_refused() =>
        Fails(1, "was changed", Good.Replace(Convert.ToBase64String("{}"u8), Convert.ToBase64String("[]"u8), StringComparison.Ordinal));

    [TestCase("message_id")]
    [TestCase("a header")]
    public void What_AMQP_could_not_hold_is_not_written(string where)
    {
        var text = new string('é', 128);
        var properties = where == "message_id"
            ? new BasicProperties { MessageId = text }
            : new BasicProperties { Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [text] = 1 } };

        Should.Throw<ArchiveException>(() => Archived.Line(properties)).Message.ShouldContain("cannot be kept without loss");
    }

    [TestCase("""{"queue":"q_error","properties":"AAA=","body":""}""")]
    [TestCase("""{"reference":"0","properties":"AAA=","body":""}""")]
    [TestCase("""{"reference":"0","queue":null,"properties":"AAA=","body":""}""")]
    [TestCase("""{"reference":"0","queue":"q_error","body":""}""")]
    [TestCase("""{"reference":"0","queue":"q_error","properties":"AAA="}""")]
    [TestCase("""{"reference":"0","queue":"q_error","properties":"*","body":""}""")]
    [TestCase("""{"reference":"0","queue":"q_error","properties":"/w==","body":""}""")]
    [TestCase("""{"reference":"0","queue":"q_error","properties":"//8B","body":""}""")]
    [TestCase("""{"reference":"0","queue":"q_error","properties":{"message_id":5},"body":""}""")]
    [TestCase("[]")]
    [TestCase("5")]
    public void A_line_of_something_else_is_refused(string line) =>
        Should.Throw<ArchiveException>(() => Read(line)).Message.ShouldStartWith($"{_path}, line 1: ");

    [Test]
    public void Text_that_is_no_UTF8_is_refused_and_not_replaced()
    {
        File.WriteAllBytes(_path, [.. Encoding.UTF8.GetBytes(Good[..^1]), 0xff, (byte)'}']);

        Should.Throw<ArchiveException>(() => ArchiveReader.Read(_path).ToList()).Message.ShouldStartWith($"{_path}, line 1");
    }

    [Test]
    public void A_file_that_does_not_exist_is_named() =>
        Should.Throw<ArchiveException>(() => ArchiveReader.Read(_path + "-none").ToList()).Message.ShouldStartWith(_path + "-none: ");

    private void Fails(int line, string because, params string[] lines)
    {
        var message = Should.Throw<ArchiveException>(() => Read(lines)).Message;
        message.ShouldStartWith($"{_path}, line {line}: ");
        message.ShouldContain(because);
    }

    private List<ArchivedLetter> Read(params string[] lines)
    {
        File.WriteAllText(_path, string.Join('\n', lines));
        return [.. ArchiveReader.Read(_path)];
    }
}
