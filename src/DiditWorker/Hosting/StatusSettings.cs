using DiditWorker.Status;

namespace DiditWorker.Hosting;

/// <summary>Reads and checks section <c>Status</c>.</summary>
internal static class StatusSettings
{
    private const int ShortestToken = 16;
    private static readonly string Expected =
        $"Status:Access = Token needs {ShortestToken} or more visible ASCII characters here, or in the file that Status:TokenFile names";

    public static StatusOptions Read(SettingsReader read)
    {
        var options = new StatusOptions();
        var (token, file) = read.Secret<string>("Status:Token", (text, _) => Token(text));
        options = options with { Access = read.Choice("Status:Access", options.Access), Token = token, TokenFile = file };
        var isSet = read.Text("Status:Token") is not null || read.Text("Status:TokenFile") is not null;
        if (options.Access == StatusAccessRule.Token)
        {
            read.Require(isSet, "Status:Token", value: null, Expected);
        }
        else
        {
            // Who sets a token believes that it protects.
            read.Require(
                !isSet, "Status:Token", "***", $"has no effect with Status:Access = {options.Access}; set that to Token, or remove this");
        }

        return options;
    }

    private static string Token(string text) =>
        text.Length >= ShortestToken && text.All(c => c is > ' ' and < '\x7f') ? text : throw new FormatException(Expected);
}
