using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DiditWorker.Secrets;

/// <summary>Text that is not to be shown: whatever writes it into a log or a message writes <c>***</c>.</summary>
[TypeConverter(typeof(FromText))]
public sealed record Secret
{
    private readonly string _text;

    /// <summary>Hides it.</summary>
    public Secret(string text) => _text = text;

    /// <summary>The text itself, for whoever must send it.</summary>
    public string Reveal() => _text;

    /// <summary>Hiding needs no effort; showing does.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static implicit operator Secret?(string? text) => text is null ? null : new(text);

    /// <inheritdoc />
    public override string ToString() => "***";

    /// <summary>What the binder of settings uses.</summary>
    internal sealed class FromText : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

        public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
            new Secret((string)value);
    }
}
