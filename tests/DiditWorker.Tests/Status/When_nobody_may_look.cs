using System.Net;
using DiditWorker.Status;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Status;

public sealed class When_nobody_may_look
{
    [TestCase("/")]
    [TestCase("/status.js")]
    [TestCase("/status.css")]
    [TestCase("/status.json")]
    public async Task There_is_no_page(string path)
    {
        await using var worker = await Watched.StartAsync(StatusAccessRule.Off);

        using var response = await worker.GetAsync(path, ("Authorization", "Bearer " + Watched.Token));

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
