using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using RabbitMQ.Client;

namespace DiditWorker.Operations.Archive;

/// <summary>An archived dead letter as it is published into its queue again.</summary>
internal static class ImportedMessage
{
    /// <summary>Begins the names of headers that hold what <see cref="Aside"/> puts aside.</summary>
    public const string AsidePrefix = "DiditWorker-Imported-";

    /// <summary>The same properties and headers, persistent, without what the broker would act upon.</summary>
    public static BasicProperties Of(ArchivedLetter letter)
    {
        var headers = Aside.Copy(letter.Properties);
        foreach (var counter in ReplayHeaders.Counters)
        {
            headers.Remove(counter);
        }

        var properties = new BasicProperties(letter.Properties) { Headers = headers.Count == 0 ? null : headers };
        Aside.Put(properties, AsidePrefix);
        return properties;
    }
}
