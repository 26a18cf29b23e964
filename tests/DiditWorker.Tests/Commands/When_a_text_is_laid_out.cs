using DiditWorker.Operations.Terminal;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Commands;

public sealed class When_a_text_is_laid_out
{
    private const string Id = "6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e";

    private static readonly string[] Columns = ["id", "count", "fault"];
    private static readonly string[][] Rows = [[Id, "2", "metadata is too large: 70 000 bytes"], ["order-1", "10", "nothing"]];

    [TestCase("one two three", 7, "one two|three")]
    [TestCase("a 6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e b", 10, "a|6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e|b")]
    [TestCase("at 2026-11-24 12:00:00Z", 12, "at|2026-11-24 12:00:00Z")]
    [TestCase("", 5, "")]
    public void No_word_is_broken(string text, int width, string lines) => string.Join('|', Layout.Wrap(text, width)).ShouldBe(lines);

    [TestCase("one two three", 8, "one …")]
    [TestCase("one two three", 13, "one two three")]
    [TestCase("one two three", null, "one two three")]
    [TestCase("6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e two", 10, "6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e")]
    public void A_line_is_cut_between_two_words(string line, int? width, string cut) => Layout.CutTo(line, width).ShouldBe(cut);

    [Test]
    public void In_a_pipe_a_row_is_a_line() => Layout.Table(Columns, Rows, width: null).ShouldBe(
    [
        "id                                    count  fault",
        $"{Id}  2      metadata is too large: 70 000 bytes",
        "order-1                               10     nothing",
    ]);

    [Test]
    public void On_a_terminal_a_cell_takes_the_lines_that_it_needs() => Layout.Table(Columns, Rows, 65).ShouldBe(
    [
        "id                                    count  fault",
        $"{Id}  2      metadata is too",
        "                                             large: 70 000 bytes",
        "order-1                               10     nothing",
    ]);

    [Test]
    public void Where_columns_do_not_fit_side_by_side_each_has_a_line() => Layout.Table(Columns, Rows[..1], 45).ShouldBe(
        [$"id     {Id}", "count  2", "fault  metadata is too large: 70 000 bytes", ""]);

    [Test]
    public void What_commands_a_terminal_is_not_printed() => Layout.Table([""], [["a\u001b[2J\nb"]], width: null).ShouldBe(["a [2J b"]);

    [TestCase(0, "0s", "0 seconds")]
    [TestCase(1, "1s", "1 second")]
    [TestCase(4_800, "1h20m", "1 hour 20 minutes")]
    [TestCase(86_400, "1d", "1 day")]
    [TestCase(529_200, "6d3h", "6 days 3 hours")]
    [TestCase(-5, "0s", "0 seconds")]
    public void A_time_is_told_as_people_say_it(int seconds, string age, string duration)
    {
        Words.Age(TimeSpan.FromSeconds(seconds)).ShouldBe(age);
        Words.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(duration);
    }

    [TestCase(1, "message", "1 message")]
    [TestCase(2, "message", "2 messages")]
    [TestCase(0, "create", "0 creates")]
    public void A_number_agrees_with_its_noun(int count, string one, string words) => Words.Count(count, one).ShouldBe(words);

    [TestCase("order-1", "order-1")]
    [TestCase("order 1; rm", "'order 1; rm'")]
    [TestCase("it's", "'it'\\''s'")]
    [TestCase("", "''")]
    public void A_word_of_a_command_is_what_a_shell_reads(string word, string quoted) => ShellWord.Of(word).ShouldBe(quoted);
}
