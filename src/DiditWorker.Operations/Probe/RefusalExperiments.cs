using System.Globalization;
using System.Text.Json.Nodes;
using DiditWorker.Didit;

namespace DiditWorker.Operations.Probe;

/// <summary>How Didit refuses. They come last: here, a 403 need not be about the credentials.</summary>
internal sealed class RefusalExperiments(Prober prober, DiditOptions didit)
{
    public async Task<Finding> WrongKeyAsync(CancellationToken cancellation)
    {
        var create = prober.NewCreate();
        var reply = await prober.CreateAsync(create, prober.Body(create), cancellation, apiKey: "diditworker-probe-" + Prober.NewKey());
        return Of(FindingIds.WrongKey, reply.IsRefusal ? Number(reply) : Finding.Inconclusive, "a wrong API key", reply);
    }

    public async Task<Finding> UnknownWorkflowAsync(CancellationToken cancellation)
    {
        var create = prober.NewCreate();
        var body = prober.Body(create);
        body["workflow_id"] = Prober.NewKey();
        return Status(FindingIds.UnknownWorkflow, "a workflow that does not exist", await SendAsync(create, body, cancellation));
    }

    public async Task<Finding> BadFieldAsync(CancellationToken cancellation)
    {
        var create = prober.NewCreate();
        var body = prober.Body(create);
        body["vendor_data"] = new JsonArray(create.Person);
        return Status(FindingIds.BadField, "vendor_data as an array", await SendAsync(create, body, cancellation));
    }

    public async Task<Finding> WithoutSlashAsync(CancellationToken cancellation)
    {
        var create = prober.NewCreate();
        var reply = await SendAsync(create, prober.Body(create), cancellation, didit.CreateSessionPath.TrimEnd('/'));
        var verdict = reply switch
        {
            { Status: 301 or 302 or 307 or 308 } => "redirected",
            { IsSession: true } => "works",
            _ => reply.IsRefusal ? "refused" : Finding.Inconclusive,
        };
        return Of(FindingIds.WithoutSlash, verdict, "the path without its slash", reply);
    }

    // With the configured key named, so that the client leaves it to this method what a refusal means.
    private async Task<ProbeReply> SendAsync(ProbeCreate create, JsonObject body, CancellationToken cancellation, string? path = null)
    {
        var reply = await prober.CreateAsync(create, body, cancellation, path, didit.RevealApiKey());
        return reply.Status is 401 or 402
            ? throw new ProbeStoppedException(ProbeClient.Stop(reply.Status)!)
            : reply;
    }

    private static Finding Status(string id, string what, ProbeReply reply) =>
        Of(id, reply.IsRefusal || reply.IsSession ? Number(reply) : Finding.Inconclusive, what, reply);

    private static Finding Of(string id, string verdict, string what, ProbeReply reply) =>
        new(id, verdict, $"{what} was answered {Answers.Of(reply)}");

    private static string Number(ProbeReply reply) => reply.Status.ToString(CultureInfo.InvariantCulture);
}
