using System.Globalization;
using DiditWorker.Secrets;

namespace DiditWorker.Hosting;

/// <summary>
/// Reads settings and collects every fault instead of stopping at the first: the key, the value that is wrong (secrets masked), what is
/// expected.
/// </summary>
public sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<string> _faults = [];
    private readonly List<SecretFile> _secretFiles = [];
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What was wrong so far.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Notes a fault.</summary>
    public void Fault(string key, string? value, string expected) =>
        _faults.Add($"{key} = {(value is null ? "(not set)" : $"\"{value}\"")}: {expected}");

    /// <summary>Notes a fault unless the condition holds.</summary>
    public void Require(bool condition, string key, string? value, string expected)
    {
        if (!condition)
        {
            Fault(key, value, expected);
        }
    }

    /// <summary>Text; empty counts as not set.</summary>
    public string? Text(string key)
    {
        _known.Add(key);
        return string.IsNullOrEmpty(configuration[key]) ? null : configuration[key];
    }

    /// <summary>A time span as <c>[d.]hh:mm:ss</c>, within bounds.</summary>
    public TimeSpan Time(string key, TimeSpan fallback, TimeSpan from, TimeSpan to) =>
        Value(key, fallback, $"expected a time from {from:c} to {to:c} as [d.]hh:mm:ss",
            (string text, out TimeSpan value) =>
                TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value) && value >= from && value <= to);

    /// <summary>A whole number within bounds.</summary>
    public int Number(string key, int fallback, int from, int to) =>
        Value(key, fallback, $"expected a whole number from {from} to {to}",
            (string text, out int value) =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= from && value <= to);

    /// <summary>One of the names of an enumeration.</summary>
    public T Choice<T>(string key, T fallback)
        where T : struct, Enum =>
        Value(key, fallback, "expected one of " + string.Join(", ", Enum.GetNames<T>()),
            (string text, out T value) =>
                Enum.TryParse(text, ignoreCase: true, out value) && Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase));

    /// <summary>The files that may change while the worker runs.</summary>
    public IReadOnlyList<SecretFile> SecretFiles => _secretFiles;

    /// <summary>A secret, from the setting itself or from the file that <c>…File</c> names.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="read">As <see cref="SecretFile{T}"/> has it.</param>
    /// <param name="shown">How a fault shows the setting itself.</param>
    /// <returns>Neither, where nothing is set or it has faults.</returns>
    public (T? Value, SecretFile<T>? File) Secret<T>(string key, Func<string, T?, T> read, Func<string, string>? shown = null)
        where T : class
    {
        var direct = Text(key);
        var file = Text(key + "File") is { } path ? SecretFile(key + "File", read, path) : null;
        if (direct is null)
        {
            return (null, file);
        }

        Require(Text(key + "File") is null, key, "***", $"set either this or {key}File, not both");
        try
        {
            return (read(direct, null), null);
        }
        catch (FormatException exception)
        {
            Fault(key, shown?.Invoke(direct) ?? "***", exception.Message);
            return (null, null);
        }
    }

    /// <summary>What files hold that may change while the worker runs; null, with a fault, where that cannot be used.</summary>
    public SecretFile<T>? SecretFile<T>(string key, Func<string, T?, T> read, params string[] paths)
        where T : class
    {
        var file = new SecretFile<T>(key, read, paths);
        if (file.Look() == SecretChange.Refused)
        {
            Fault(key, file.Path, file.Problem!);
            return null;
        }

        _secretFiles.Add(file);
        return file;
    }

    /// <summary>What a file holds, with a fault where it cannot be read.</summary>
    public T? Read<T>(string key, string path, Func<string, T> read)
        where T : class
    {
        try
        {
            return read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            Fault(key, path, exception is FormatException ? exception.Message : "the file cannot be read: " + exception.GetType().Name);
            return null;
        }
    }

    /// <summary>
    /// Notes a fault for every setting that nobody has read and that was meant for the worker: most likely a typing error.
    /// </summary>
    public void RefuseUnknown(params IReadOnlyList<string> sections)
    {
        foreach (var (key, expected) in new UnknownSettings(configuration, _known).Find(sections))
        {
            Fault(key, "***", expected);
        }
    }

    /// <summary>
    /// An address fit for a fault: the host stays readable, and whatever could be user and password is hidden, however broken the rest.
    /// </summary>
    public static string MaskUser(string address) => address.LastIndexOf('@') is var at and >= 0 ? "***" + address[at..] : address;

    private delegate bool TryParse<T>(string text, out T value);

    private T Value<T>(string key, T fallback, string expected, TryParse<T> parse)
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        if (parse(text, out var value))
        {
            return value;
        }

        Fault(key, text, expected);
        return fallback;
    }
}
