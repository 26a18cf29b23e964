using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using DiditWorker.Messaging;
using DiditWorker.Protocol;
using Microsoft.Extensions.Logging.Console;
using ZLogger;
using ZLogger.Formatters;

namespace DiditWorker.Hosting;

/// <summary>
/// What the service writes to standard output: one JSON object a line, or text, as <c>Logging:Console:FormatterName</c> says (default
/// <c>json</c>).
/// </summary>
internal static class ConsoleLog
{
    // Lines that may wait for a reader of standard output; then whoever logs waits, as with .NET's own.
    private const int Waiting = 2_500;

    /// <summary>
    /// Puts ZLogger in the place of .NET's own JSON console, which wakes a thread and makes a system call for each line. Members have
    /// the same names; text formats stay .NET's.
    /// </summary>
    public static void AddConsoleLog(this WebApplicationBuilder builder)
    {
        if (builder.Configuration["Logging:Console:FormatterName"] != ConsoleFormatterNames.Json)
        {
            return;
        }

        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(ConsoleLoggerProvider)));
        builder.Logging.AddZLoggerConsole(options =>
        {
            options.BackgroundBufferCapacity = Waiting;
            options.FullMode = BackgroundBufferFullMode.Block;
            options.UseFormatter(() => new Lines());
        });
    }

    /// <summary>Timestamp (UTC), LogLevel, Category, EventId, Exception, Message and State.</summary>
    private static void Shape(SystemTextJsonZLoggerFormatter json)
    {
        json.UseUtcTimestamp = true;
        json.IncludeProperties =
            IncludeProperties.Timestamp | IncludeProperties.LogLevel | IncludeProperties.CategoryName | IncludeProperties.EventIdValue
            | IncludeProperties.Exception | IncludeProperties.Message | IncludeProperties.ParameterKeyValues;
        json.PropertyKeyValuesObjectName = JsonEncodedText.Encode("State");
        json.JsonSerializerOptions.Converters.Add(new AsText());
        json.JsonSerializerOptions.Converters.Add(new JsonStringEnumConverter());
    }

    /// <summary>
    /// Lines as <see cref="Shape"/> has them. That of a rejected message has all in its Message, and no State that says it again: of those
    /// there may be as many as there are messages.
    /// </summary>
    internal sealed class Lines : IZLoggerFormatter
    {
        private readonly SystemTextJsonZLoggerFormatter _whole = new();
        private readonly SystemTextJsonZLoggerFormatter _short = new();

        public Lines()
        {
            Shape(_whole);
            Shape(_short);
            _short.IncludeProperties &= ~IncludeProperties.ParameterKeyValues;
        }

        public bool WithLineBreak => true;

        public void FormatLogEntry(IBufferWriter<byte> writer, IZLoggerEntry entry) =>
            (entry.LogInfo.EventId.Id == DeliveryReporter.ParkedEvent ? _short : _whole).FormatLogEntry(writer, entry);
    }

    // As an object it would be {"Value":…}.
    private sealed class AsText : JsonConverter<IdempotencyKey>
    {
        public override IdempotencyKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetGuid());

        public override void Write(Utf8JsonWriter writer, IdempotencyKey value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}
