namespace DiditWorker.Hosting;

/// <summary>A fault of the configuration, in words.</summary>
internal static class Fault
{
    /// <summary>The key, the value that is wrong (null: not set; a secret: masked by the caller), what is expected.</summary>
    public static string Of(string key, string? value, string expected) =>
        $"{key} = {(value is null ? "(not set)" : $"\"{value}\"")}: {expected}";

    /// <summary>
    /// An address fit for a fault: the host stays readable, and whatever could be user and password is hidden, however broken the rest.
    /// </summary>
    public static string MaskUser(string address) => address.LastIndexOf('@') is var at and >= 0 ? "***" + address[at..] : address;

    /// <summary>The text of a setting; empty counts as not set.</summary>
    public static string? Text(this IConfiguration configuration, string key) =>
        string.IsNullOrEmpty(configuration[key]) ? null : configuration[key];
}
