using DiditWorker.Secrets;

namespace DiditWorker.Hosting;

/// <summary>A secret that stands in a setting, or in a file that may change while the worker runs.</summary>
/// <param name="Key">The setting that it stands in, or that names the file.</param>
/// <param name="Value">What stands in the setting; null: nothing, or it has faults.</param>
/// <param name="File">The file; null: there is none, or it has faults.</param>
public sealed record SecretSetting<T>(string Key, T? Value, SecretFile<T>? File)
    where T : class
{
    /// <summary>What is set; null: nothing, or it has faults.</summary>
    public T? Current => File?.Current ?? Value;
}

/// <summary>Reads the secrets and other files of one section, and notes what is wrong with them.</summary>
/// <param name="configuration">All settings.</param>
/// <param name="files">Takes the files that may change while the worker runs.</param>
internal sealed class SecretReader(IConfiguration configuration, ICollection<SecretFile> files)
{
    private readonly List<string> _faults = [];

    /// <summary>What was wrong so far.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>A secret, from the setting itself or from the file that <c>…File</c> names.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="parse">As <see cref="SecretFile{T}"/> has it.</param>
    /// <param name="fallback">What counts where neither is set.</param>
    /// <param name="mask">How a fault shows the setting itself; null: not at all.</param>
    public SecretSetting<T> Secret<T>(string key, Func<string, T?, T> parse, string? fallback = null, Func<string, string>? mask = null)
        where T : class
    {
        var (direct, path) = (configuration.Text(key), configuration.Text(key + "File"));
        var file = File(key + "File", parse, path);
        if (direct is null)
        {
            return path is null ? new(key, fallback is null ? null : parse(fallback, null), null) : new(key + "File", null, file);
        }

        Require(path is null, key, "***", $"set either this or {key}File, not both");
        try
        {
            return new(key, parse(direct, null), null);
        }
        catch (FormatException exception)
        {
            Require(holds: false, key, mask?.Invoke(direct) ?? "***", exception.Message);
            return new(key, null, null);
        }
    }

    /// <summary>
    /// What files hold that may change while the worker runs; null where one is not named, and, with a fault, where it cannot be used.
    /// </summary>
    public SecretFile<T>? File<T>(string key, Func<string, T?, T> parse, params string?[] paths)
        where T : class
    {
        if (paths.Contains(null))
        {
            return null;
        }

        var file = new SecretFile<T>(key, parse, paths!);
        if (file.Look() == SecretChange.Refused)
        {
            Require(holds: false, key, file.Path, file.Problem!);
            return null;
        }

        files.Add(file);
        return file;
    }

    /// <summary>Notes a fault unless the condition holds.</summary>
    public void Require(bool holds, string key, string? value, string expected)
    {
        if (!holds)
        {
            _faults.Add(Fault.Of(key, value, expected));
        }
    }
}
