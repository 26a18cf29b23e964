using System.Text.Json;

namespace DiditWorker.Verification;

/// <summary>
/// Says what is wrong with a body that the parser has refused, in words for whoever published it. The parser's own text may quote the
/// body, has one word for several faults, and does not always say where.
/// </summary>
internal ref struct JsonFault
{
    private const string Word = "has a word that is not true, false or null; texts stand in double quotes";

    private readonly ReadOnlySpan<byte> _body;
    private readonly int _depth;
    private readonly string _tooDeep;

    // For each object that is open the names that it has; null for an array.
    private readonly Stack<HashSet<string>?> _open = new();
    private Utf8JsonReader _reader;

    private JsonFault(ReadOnlySpan<byte> body, int depth, string tooDeep)
    {
        _body = body;
        _depth = depth;
        _tooDeep = tooDeep;
        _reader = new(body, new JsonReaderOptions { MaxDepth = depth });
    }

    /// <summary>Finds the first fault.</summary>
    /// <param name="body">Without a byte-order mark.</param>
    /// <param name="depth">How deep it may be.</param>
    /// <param name="tooDeep">What to say if it is deeper.</param>
    public static string Find(ReadOnlySpan<byte> body, int depth, string tooDeep)
    {
        if (ForeignBytes.Describe(body) is { } foreign)
        {
            return foreign;
        }

        var (fault, at) = new JsonFault(body, depth, tooDeep).Walk();
        return $"{fault} ({ForeignBytes.Place(body, at)})";
    }

    private (string Fault, int At) Walk()
    {
        try
        {
            while (_reader.Read())
            {
                if (_reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    _open.Push(_reader.TokenType == JsonTokenType.StartObject ? new(StringComparer.Ordinal) : null);
                }
                else if (_reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    _open.Pop();
                }
                else if (_reader.TokenType == JsonTokenType.PropertyName && _reader.GetString()! is var name && !_open.Peek()!.Add(name))
                {
                    return ($"names {(KnownNames.Contain(name) ? name : "a member")} twice", (int)_reader.TokenStartIndex);
                }
            }
        }
        catch (InvalidOperationException)
        {
            return ("the name of a member holds half of a surrogate pair, which is no text", (int)_reader.TokenStartIndex);
        }
        catch (JsonException exception)
        {
            var at = Offset(exception);
            return (at < _body.Length ? Reason(at) : "ends in the middle of the JSON; was it cut off?", at);
        }

        return ("is no JSON", 0);
    }

    private readonly string Reason(int at)
    {
        var c = (char)_body[at];
        var adjacent = at > 0 ? (char)_body[at - 1] : '\0';
        var before = _body[..at].TrimEnd(" \t\r\n"u8) is [.., var last] ? (char)last : '\0';
        var inObject = _open.TryPeek(out var names) && names is not null;
        return c switch
        {
            '[' or '{' when _open.Count == _depth => _tooDeep,
            _ when _open.Count == 0 && _reader.TokenType != JsonTokenType.None => "has something after the end of the JSON",
            < ' ' => "holds a control character; in a string it must be escaped, a line break as \\n",
            _ when adjacent == '\\' || _body[Math.Max(0, at - 5)..at].IndexOf("\\u"u8) >= 0 => "has an escape that JSON does not know",
            '\'' => "has single quotes; names and texts stand in double quotes in JSON",
            '/' or '#' => "has a comment, which JSON does not allow",
            '}' or ']' when before == ',' => "has a comma after the last member",
            _ when before == '\0' => "is no JSON",
            not '"' when inObject && before is '{' or ',' => "has the name of a member without double quotes",
            not '"' when char.IsAsciiDigit(adjacent) || adjacent is '-' or '+' or '.' =>
                "has a number that JSON does not know, or misses a comma",
            '+' or '.' => "has a number that JSON does not know",
            _ when before is ':' or '[' or ',' && char.IsAsciiLetter(c) => Word,
            _ when char.IsAsciiLetter(adjacent) => Word,
            _ when before == ':' => "misses a value",
            '"' or '{' or '[' => "misses a comma or a colon",
            _ when char.IsAsciiLetterOrDigit(c) => "misses a comma or a colon",
            _ => "is no JSON",
        };
    }

    private readonly int Offset(JsonException exception)
    {
        var at = 0;
        for (var line = exception.LineNumber ?? 0; line > 0 && _body[at..].IndexOf((byte)'\n') is >= 0 and var end; line--)
        {
            at += end + 1;
        }

        return (int)Math.Min(at + (exception.BytePositionInLine ?? 0), _body.Length);
    }
}
