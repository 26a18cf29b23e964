using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using DiditWorker.Contracts;
using DiditWorker.Didit;
using DiditWorker.Protocol;

namespace DiditWorker.Verification;

/// <summary>
/// Reads a message, names every fault at once, and writes down what it asks Didit for. Values never stand in a fault: they may be personal.
/// </summary>
public sealed class StartVerificationReader
{
    private const int MaxMetadata = 16 * 1024;

    private readonly MessageFields _fields;
    private readonly Utf8JsonWriter _payload;

    private StartVerificationReader(JsonElement message, Utf8JsonWriter payload) =>
        (_fields, _payload) = (new(message, KnownNames.Message), payload);

    /// <summary>Reads.</summary>
    /// <param name="message">The message without its envelope.</param>
    /// <param name="defaultWorkflowId"><c>Didit:WorkflowId</c>.</param>
    /// <exception cref="InvalidMessageException">It breaks a rule; the text names every fault.</exception>
    public static VerificationRequest Read(JsonElement message, string? defaultWorkflowId)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidMessageException($"StartVerification: expected a JSON object, got {message.ValueKind}");
        }

        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        var reader = new StartVerificationReader(message, writer);
        reader._fields.RefuseNearMisses();
        writer.WriteStartObject();
        var vendorData = reader.VendorData();
        var workflowId = reader.WorkflowId(defaultWorkflowId);
        reader.Rest();
        var (requestedAt, notAfter) = (reader.Time("requestedAt"), reader.Time("notAfter"));
        writer.WriteEndObject();
        writer.Flush();
        if (reader._fields.Faults.Count > 0)
        {
            throw new InvalidMessageException("StartVerification: " + string.Join("; ", reader._fields.Faults))
            {
                VendorData = vendorData,
                WorkflowId = workflowId,
            };
        }

        return new(vendorData!, workflowId!, JsonElement.Parse(buffer.WrittenSpan)) { RequestedAt = requestedAt, NotAfter = notAfter };
    }

    private string? VendorData()
    {
        _fields.Fault(_fields.IsAbsent("vendorData"), "vendorData", "is required");
        if (_fields.Text("vendorData", 255) is not { } value)
        {
            return null;
        }

        _fields.Fault(string.IsNullOrWhiteSpace(value), "vendorData", "must not be blank");
        _fields.Fault(value.Any(char.IsControl), "vendorData", "must not hold control characters");
        _payload.WriteString("vendor_data", value);
        return value;
    }

    private string? WorkflowId(string? fallback)
    {
        if (_fields.Text("workflowId", 36) is { } value)
        {
            var good = RequestId.TryReadUuid(value, "D", out var uuid);
            _fields.Fault(!good, "workflowId", "expected a UUID with hyphens");
            _payload.WriteString("workflow_id", uuid);
            return good ? uuid.ToString("D") : null;
        }

        var absent = _fields.IsAbsent("workflowId");
        _fields.Fault(absent && fallback is null, "workflowId", "is missing, and the worker has no default (Didit:WorkflowId)");
        return absent ? fallback : null;
    }

    private void Rest()
    {
        if (_fields.Text("callback", 2048) is { } callback)
        {
            _fields.Fault(!CallbackRule.Allows(callback), "callback", CallbackRule.Expected);
            _payload.WriteString("callback", callback);
        }

        if (_fields.Text("callbackMethod", 32) is { } method)
        {
            _fields.Fault(method is not (CallbackMethods.Initiator or CallbackMethods.Completer or CallbackMethods.Both), "callbackMethod",
                "expected initiator, completer or both");
            _payload.WriteString("callback_method", method);
        }

        Copy(_fields, "language", "language", 35);
        Metadata();
        Contact();
        if (_fields.Object("expectedDetails") is { } expected)
        {
            WriteObject("expectedDetails", "expected_details", expected);
        }
    }

    // Not written down: a repeat is the same request whether it says so or not.
    private DateTimeOffset? Time(string name)
    {
        if (_fields.String(name) is not { } text)
        {
            return null;
        }

        _fields.Fault(MessageTime.Read(text, out var time) != TimeForm.WithOffset, name, MessageTime.Expected);
        return time;
    }

    private void Metadata()
    {
        if (_fields.Object("metadata") is not { } metadata)
        {
            return;
        }

        const int name = 12; // ,"metadata":
        var before = _payload.BytesCommitted + _payload.BytesPending;
        if (!WriteObject("metadata", "metadata", metadata))
        {
            return;
        }

        // In any case, as all names of ours: no other member may pass for it.
        var reserved = metadata.EnumerateObject()
            .Any(member => member.Name.Equals(CreateBody.KeyMember, StringComparison.OrdinalIgnoreCase));
        _fields.Fault(reserved, "metadata." + CreateBody.KeyMember, "is reserved for the worker");

        // The caller's white space does not count, nor do the writer's escapes.
        var written = _payload.BytesCommitted + _payload.BytesPending - before - name;
        _fields.Fault(
            Math.Min(written, JsonMarshal.GetRawUtf8Value(metadata).Length) > MaxMetadata, "metadata", "is larger than 16 KiB as JSON");
    }

    private void Contact()
    {
        if (_fields.Object("contactDetails") is not { } details)
        {
            return;
        }

        var contact = new MessageFields(details, KnownNames.Contact, "contactDetails.", _fields.Faults);
        contact.RefuseNearMisses();
        _payload.WriteStartObject("contact_details");
        Copy(contact, "email", "email", 320);
        Copy(contact, "phone", "phone", 64);
        Copy(contact, "emailLang", "email_lang", 35);
        if (contact["sendNotificationEmails"] is { } send)
        {
            var boolean = send.ValueKind is JsonValueKind.True or JsonValueKind.False;
            contact.Fault(!boolean, "sendNotificationEmails", $"expected true or false, got {send.ValueKind}");
            _payload.WriteBoolean("send_notification_emails", boolean && send.GetBoolean());
        }

        _payload.WriteEndObject();
    }

    private void Copy(MessageFields from, string member, string diditMember, int longest)
    {
        if (from.Text(member, longest) is { } value)
        {
            _payload.WriteString(diditMember, value);
        }
    }

    private bool WriteObject(string path, string diditMember, JsonElement value)
    {
        _payload.WritePropertyName(diditMember);
        try
        {
            value.WriteTo(_payload);
            return true;
        }
        catch (InvalidOperationException)
        {
            _fields.Fault(broken: true, path, "holds half of a surrogate pair, which is no text");
            return false;
        }
    }
}
