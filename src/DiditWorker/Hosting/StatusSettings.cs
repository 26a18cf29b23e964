using DiditWorker.Status;

namespace DiditWorker.Hosting;

/// <summary>Reads and checks section <c>Status</c>.</summary>
internal static class StatusSettings
{
    private const int ShortestToken = 16;

    public static StatusOptions Read(SettingsReader read)
    {
        var options = new StatusOptions();
        options = options with { Access = read.Choice("Status:Access", options.Access), Token = read.Secret("Status:Token") };
        var shown = string.IsNullOrEmpty(options.Token) ? null : "***";
        if (options.Access == StatusAccessRule.Token)
        {
            read.Require(options.Token?.Length >= ShortestToken && options.Token.All(c => c is > ' ' and < '\x7f'), "Status:Token", shown,
                $"Status:Access = Token needs {ShortestToken} or more visible ASCII characters here, or in the file that Status:TokenFile names");
        }
        else
        {
            // Who sets a token believes that it protects.
            read.Require(options.Token is null, "Status:Token", shown, $"has no effect with Status:Access = {options.Access}; set that to Token, or remove this");
        }

        return options;
    }
}
