using System.CommandLine;

namespace DiditWorker.Operations.Archive;

/// <summary>Names an archive in one form for all commands: <c>FILE</c>. <c>--archive FILE</c>, the older form, is the same.</summary>
internal sealed class ArchiveName
{
    private readonly Argument<string?> _file;
    private readonly Option<string?> _archive;

    /// <param name="description">What the file is for the command.</param>
    public ArchiveName(string description)
    {
        _file = new("FILE") { Description = description, Arity = ArgumentArity.ZeroOrOne, HelpName = "FILE" };
        _archive = new("--archive") { Description = "The same as FILE", Hidden = true };
    }

    /// <summary>Adds it to a command, which needs it.</summary>
    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_archive);
        command.Validators.Add(result =>
        {
            var names = (string?[])[result.GetValue(_file), result.GetValue(_archive)];
            if (names.Count(name => !string.IsNullOrWhiteSpace(name)) != 1)
            {
                result.AddError($"{command.Name} needs one FILE: {_file.Description}");
            }
        });
    }

    /// <summary>What was given.</summary>
    public string Read(ParseResult parsed) => (parsed.GetValue(_file) ?? parsed.GetValue(_archive))!;
}
