using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using DiditWorker.Didit;
using DiditWorker.Secrets;
using Microsoft.Extensions.Options;

namespace DiditWorker.Hosting;

/// <summary>
/// One section of the configuration. The binder makes options of it; this says all that is wrong with it at once, and lets the binder see
/// only what it reads as it is meant. The binder would stop at the first value that it cannot convert, quote it, and take
/// <c>24:00:00</c> for 24 days and <c>1</c> for a name.
/// </summary>
/// <param name="configuration">All settings.</param>
/// <param name="files">Takes the files of the section that may change while the worker runs.</param>
/// <param name="name">The section.</param>
internal sealed class SettingsSection<T>(IConfiguration configuration, ICollection<SecretFile> files, string name)
    : IConfigureOptions<T>, IValidateOptions<T>
    where T : class
{
    private static readonly PropertyInfo[] Settings =
        [.. typeof(T).GetProperties().Where(property => property.SetMethod is { IsPublic: true })];

    /// <summary>Reads secrets and files of the section.</summary>
    public SecretReader Secrets { get; } = new(configuration, files);

    /// <summary>Each failure is "Member: what is expected", as the generated validators have it.</summary>
    public IReadOnlyList<IValidateOptions<T>> Rules { get; set; } = [];

    /// <summary>The options; a setting with a fault has its default.</summary>
    public T Bind()
    {
        var options = Activator.CreateInstance<T>();
        Configure(options);
        return options;
    }

    /// <inheritdoc />
    public void Configure(T options) => new ConfigurationBuilder()
        .AddInMemoryCollection(Settings.Where(setting => Misread(setting) is null)
            .Select(setting => KeyValuePair.Create(setting.Name, Text(setting))).Where(setting => setting.Value is not null))
        .Build().Bind(options);

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? _, T options)
    {
        var misread = Settings.Select(setting => (Setting: setting, Expected: Misread(setting))).Where(one => one.Expected is not null);
        IReadOnlyList<string> faults =
        [
            .. misread.Select(one => Describe(one.Setting, one.Expected!, options)),
            .. Rules.SelectMany(rule => rule.Validate(Options.DefaultName, options).Failures ?? []).Select(one => Describe(one, options)),
            .. Secrets.Faults,
            .. new UnknownSettings(configuration).Find(name, [.. Settings.Select(setting => setting.Name)])
                .Select(one => Fault.Of(one.Key, "***", one.Expected)),
        ];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private string? Text(PropertyInfo setting) => configuration.Text($"{name}:{setting.Name}");

    // What is expected; null where the binder reads what is meant.
    private string? Misread(PropertyInfo setting)
    {
        var (text, type) = (Text(setting), Nullable.GetUnderlyingType(setting.PropertyType) ?? setting.PropertyType);
        var isRead = text is null || type switch
        {
            { IsEnum: true } => Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase),
            _ when type == typeof(TimeSpan) => TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out _),
            _ when type == typeof(int) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            _ when type == typeof(RequestRate) => RequestRate.TryParse(text, out _),
            _ when type == typeof(Uri) => Uri.TryCreate(text, UriKind.Absolute, out var address)
                && address is { Scheme: "https" or "http", PathAndQuery: "/", UserInfo: "" },
            _ => true,
        };
        return isRead ? null
            : type.IsEnum ? "expected one of " + string.Join(", ", Enum.GetNames(type))
            : type == typeof(RequestRate) ? RequestRate.Expected
            : type == typeof(Uri) ? "expected an http or https address without path, query or user"
            : setting.GetCustomAttribute<RangeAttribute>()!.FormatErrorMessage(setting.Name);
    }

    private string Describe(string failure, T options)
    {
        var colon = failure.IndexOf(": ", StringComparison.Ordinal);
        return Describe(typeof(T).GetProperty(failure[..colon])!, failure[(colon + 2)..], options);
    }

    private string Describe(PropertyInfo setting, string expected, T options)
    {
        var value = Text(setting) ?? setting.GetValue(options)?.ToString();
        var shown = setting.PropertyType switch
        {
            _ when value is null => null,
            var type when type == typeof(Secret) => "***",
            var type when type == typeof(Uri) => Fault.MaskUser(value),
            _ => value,
        };
        return Fault.Of($"{name}:{setting.Name}", shown, expected);
    }
}
