using System.CommandLine;
using System.Globalization;

namespace DiditWorker.Operations.Terminal;

/// <summary>An option that takes a number, and says which.</summary>
internal static class NumberOption
{
    public static Option<T> Create<T>(string name, string description, T fallback, Func<T, bool> holds, string expected)
        where T : struct, IParsable<T> => new(name)
        {
            Description = description,
            DefaultValueFactory = _ => fallback,
            CustomParser = result =>
            {
                if (T.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && holds(value))
                {
                    return value;
                }

                result.AddError($"{name} {result.Tokens[0].Value}: expected {expected}");
                return default;
            },
        };
}
