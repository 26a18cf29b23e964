using System.CommandLine;

namespace DiditWorker.Operations.Terminal;

/// <summary>
/// <c>completion SHELL</c>: a script that asks this program, by System.CommandLine's suggest directive, for what may come next.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash =
        """
        _diditworker() {
            local skip=$((${#COMP_WORDS[0]} + 1)) IFS=$'\n'
            COMPREPLY=($("${COMP_WORDS[0]}" "[suggest:$((COMP_POINT - skip))]" "${COMP_LINE:$skip}" 2>/dev/null))
        }
        complete -F _diditworker diditworker
        """;

    private const string Zsh =
        """
        #compdef diditworker
        _diditworker() {
            local skip=$((${#words[1]} + 1))
            compadd -- "${(@f)$("${words[1]}" "[suggest:$((CURSOR - skip))]" "${BUFFER:$skip}" 2>/dev/null)}"
        }
        compdef _diditworker diditworker
        """;

    private const string Fish =
        """
        function __diditworker
            set -l line (string replace -r '^\S+\s*' '' -- (commandline -cp))
            diditworker "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c diditworker -f -a '(__diditworker)'
        """;

    public static Command Create(Output output)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Prints a script that lets a shell complete commands and options") { shell };
        command.SetAction(parsed =>
        {
            output.Text.WriteLine(parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return ExitCodes.Done;
        });
        return command;
    }
}
