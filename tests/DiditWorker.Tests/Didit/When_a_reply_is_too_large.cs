using System.Net;
using System.Text;
using System.Text.Json;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_a_reply_is_too_large
{
    private const int Largest = 64 * 1024;
    private const string Session = """{"session_id":"s-1","url":"https://verify.example/s-1","status":"Not Started"}""";

    [Test]
    public async Task It_is_not_read_and_the_create_is_ambiguous([Values] bool saysItsLength, [Values(201, 200)] int status)
    {
        var reply = await CreateAsync(status, Largest + 1, saysItsLength);

        reply.Kind.ShouldBe(ReplyKind.Ambiguous);
        reply.Why.ShouldContain("too large");
    }

    [Test]
    public async Task The_largest_that_is_allowed_is_read([Values] bool saysItsLength) =>
        (await CreateAsync(201, Largest, saysItsLength)).Session!.Id.ShouldBe("s-1");

    private static async Task<DiditReply> CreateAsync(int status, int size, bool saysItsLength)
    {
        var body = Encoding.UTF8.GetBytes(Session.PadRight(size));
        await using var didit =
            new StubbedDidit(_ => new((HttpStatusCode)status) { Content = saysItsLength ? new ByteArrayContent(body) : new Chunks(body) });
        return await didit.Client.CreateAsync(
            new(new IdempotencyKey(Guid.NewGuid()), "user-1", Classifying.Workflow, JsonElement.Parse("""{"vendor_data":"user-1"}""")),
            CancellationToken.None);
    }

    // As HTTP/1.1 sends what has no Content-Length.
    private sealed class Chunks(byte[] body) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var chunk in body.Chunk(1000))
            {
                await stream.WriteAsync(chunk);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
