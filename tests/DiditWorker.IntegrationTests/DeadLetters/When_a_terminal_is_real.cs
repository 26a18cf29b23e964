using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

/// <summary>Commands as processes at a pseudo-terminal.</summary>
public sealed class When_a_terminal_is_real
{
    private const string Id = "6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e";
    private const string Fault = "Somewhere.InTheCode.OfAnother.AnExceptionWithALongNameThatNobodyShortened";

    // The runtime's own, to a terminal whose keys it may read.
    private const string Begun = "\u001b[?1h\u001b=";

    private Arena _arena = null!;

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        _arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(_arena);
        await parking.ParkAsync(Id, """{"vendorData":"user-1"}""", Fault);
        await parking.ParkAsync("order-1", """{"vendorData":"user-2"}""", "DiditWorker.Verification.InvalidMessageException");
    }

    [OneTimeTearDown]
    public async Task CloseAsync() => await _arena.DisposeAsync();

    [TestCase(80, null, 80)]
    [TestCase(100, null, 100)]
    [TestCase(200, null, 200)]
    [TestCase(200, 80, 80)]
    public async Task No_line_is_wider_and_ids_are_whole(int width, int? columns, int most)
    {
        foreach (var command in (string[])["list", "list --messages", $"show {Id}", "plan"])
        {
            using var process = OperatorProcess.StartAtTerminal(_arena, width, columns, ["dead-letters", .. command.Split(' ')]);
            process.StandardInput.Close();
            var printed = (await process.StandardOutput.ReadToEndAsync()).Replace(Begun, "", StringComparison.Ordinal);
            await process.WaitForExitAsync();

            process.ExitCode.ShouldBe(0, printed);
            var lines = printed.Split('\n').Select(line => line.TrimEnd('\r')).ToList();
            lines.Where(line => line.Length > most && !line.StartsWith("  diditworker ", StringComparison.Ordinal))
                .ShouldBeEmpty($"{command}\n{printed}");
            printed.Contains(Id, StringComparison.Ordinal).ShouldBe(command is not ("list" or "plan"), printed);
        }
    }
}
