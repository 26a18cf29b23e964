namespace DiditWorker.Hosting;

/// <summary>Examples of every command, to paste.</summary>
internal static class CommandExamples
{
    /// <summary>By the command's words.</summary>
    public static IReadOnlyDictionary<string, string[]> ByWords { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["send"] =
        [
            "send --vendor-data user-4711 --wait",
            "send --vendor-data user-4711 --message-id order-9 --metadata {\"order\":9}",
        ],
        ["pause"] = ["pause --reason \"the workflow is being changed\" --for 2h"],
        ["resume"] = ["resume"],
        ["keys show"] = ["keys show order-9", "keys show 0191f6a5-2d0c-7cc1-9a37-6c2b3f1d8e42 --json"],
        ["keys adopt"] = ["keys adopt order-9 SESSION", "keys adopt order-9 SESSION --reason \"found in the console\" --yes"],
        ["keys exclude"] = ["keys exclude order-9 SESSION --reason \"made by the support, not by this order\" --yes"],
        ["keys release"] = ["keys release order-9 --reason \"refused while the workflow was wrong\" --yes"],
        ["keys horizon"] = ["keys horizon"],
        ["dead-letters list"] =
            ["dead-letters list", "dead-letters list order-9 order-10", "dead-letters list --group RefusedByDidit --since 12h"],
        ["dead-letters show"] = ["dead-letters show order-9"],
        ["dead-letters plan"] = ["dead-letters plan --look-up", "dead-letters plan --group AmbiguousSession --out plan.jsonl"],
        ["dead-letters replay"] =
        [
            "dead-letters replay order-9 --yes",
            "dead-letters replay --plan plan.jsonl --rate 5 --reason \"the account has credits again\" --yes",
        ],
        ["dead-letters export"] = ["dead-letters export letters.jsonl --group RefusedByDidit"],
        ["dead-letters import"] = ["dead-letters import letters.jsonl --yes"],
        ["dead-letters discard"] =
            ["dead-letters discard gone.jsonl --group InvalidMessage --reason \"tests of a publisher\" --yes"],
        ["dead-letters history"] = ["dead-letters history --last 20"],
        ["reconcile"] = ["reconcile", "reconcile --since 12h --json", "reconcile --delete-surplus --reason \"found by the daily run\""],
        ["probe"] = ["probe --workflow-id 6b5f4a3e-0f7d-4d57-8d5a-0f1c2d3e4f50"],
        ["completion"] =
        [
            "completion bash >/etc/bash_completion.d/diditworker",
            "completion fish >~/.config/fish/completions/diditworker.fish",
        ],
    };
}
