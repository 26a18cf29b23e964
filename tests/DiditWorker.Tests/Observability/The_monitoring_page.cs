using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using DiditWorker.Hosting;
using DiditWorker.Messaging;
using DiditWorker.Observability;
using DiditWorker.Operations.Audit;
using DiditWorker.Status;
using DiditWorker.Tests.Shared;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Observability;

/// <summary><c>deploy/monitoring/README.md</c> lists what there is, no more and no less.</summary>
[NonParallelizable] // It hears of every instrument of the process.
public sealed partial class The_monitoring_page
{
    private static readonly string[] Page = File.ReadAllLines(Path.Combine(Repository.Root, "deploy", "monitoring", "README.md"));

    [Test]
    public void Lists_every_event_id()
    {
        var inCode = new[] { typeof(WorkerMetrics), typeof(AuditLog), typeof(WorkerServices) }.SelectMany(type => type.Assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId)
            .OfType<int>()
            .ToList();

        inCode.ShouldBeUnique();
        Page.Select(line => EventRow().Match(line)).Where(row => row.Success)
            .Select(row => int.Parse(row.Groups["id"].Value, CultureInfo.InvariantCulture))
            .ShouldBe(inCode.Order());
    }

    [Test]
    public void Lists_every_instrument_with_its_unit()
    {
        var inCode = new List<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => Note(instrument) };
        listener.Start();
        using var host = Worker();
        foreach (var type in (Type[])[typeof(WorkerMetrics), typeof(QueueGauges), typeof(StatusReporter), typeof(DeliveryReporter)])
        {
            host.Services.GetRequiredService(type);
        }

        Page.Select(line => MetricRow().Match(line)).Where(row => row.Success)
            .Select(row => $"{row.Groups["name"].Value} {row.Groups["unit"].Value.Trim('`', ' ')}")
            .ShouldBe(inCode.Distinct(StringComparer.Ordinal), ignoreOrder: true);

        void Note(Instrument instrument)
        {
            if (instrument.Meter.Name == WorkerMetrics.MeterName)
            {
                inCode.Add($"{instrument.Name} {instrument.Unit}");
            }
        }
    }

    private static IHost Worker()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection([new("Didit:ApiKey", "k"), new("Didit:CreatesPerDay", "1")]);
        builder.Services.AddDiditWorker(builder.Configuration);
        builder.Services.AddHealth();
        builder.Services.AddSingleton<QueueWatch>().AddSingleton<QueueGauges>().AddSingleton<StatusReporter>()
            .AddSingleton<ReconciliationWatch>();
        return builder.Build();
    }

    [GeneratedRegex(@"^\| (?<id>\d+) \| ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EventRow();

    [GeneratedRegex(@"^\| `(?<name>diditworker\.[a-z.]+)` \|(?<unit>[^|]*)\|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MetricRow();
}
