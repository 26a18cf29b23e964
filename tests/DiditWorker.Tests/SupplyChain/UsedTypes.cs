using System.Reflection;
using System.Reflection.Emit;

namespace DiditWorker.Tests.SupplyChain;

/// <summary>
/// Which types of its own assembly a type uses: in its members, their bodies and its attributes, read out of the compiled code.
/// </summary>
internal static class UsedTypes
{
    private const BindingFlags Own =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    public static IEnumerable<Type> Of(Type type)
    {
        IEnumerable<Type?> used = [type.BaseType, .. type.GetInterfaces(), .. type.GetFields(Own).Select(field => field.FieldType)];
        var methods = type.GetMembers(Own).OfType<MethodBase>().ToList();
        used = used.Concat(methods.SelectMany(Signature)).Concat(methods.SelectMany(Body))
            .Concat(type.CustomAttributes.Select(a => a.AttributeType));
        return used.OfType<Type>().SelectMany(Parts).Where(part => part.Assembly == type.Assembly).Distinct();
    }

    private static IEnumerable<Type> Signature(MethodBase method) =>
        [.. method.GetParameters().Select(p => p.ParameterType), method is MethodInfo info ? info.ReturnType : typeof(void)];

    private static IEnumerable<Type?> Body(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body || body.GetILAsByteArray() is not { } code)
        {
            yield break;
        }

        foreach (var local in body.LocalVariables)
        {
            yield return local.LocalType;
        }

        var generic =
            (Type: method.DeclaringType!.GetGenericArguments(), Method: method.IsGenericMethod ? method.GetGenericArguments() : []);
        foreach (var token in Tokens(code))
        {
            var member = method.Module.ResolveMember(token, generic.Type, generic.Method);
            yield return member as Type ?? member!.DeclaringType;
            foreach (var argument in member is MethodInfo { IsGenericMethod: true } called ? called.GetGenericArguments() : [])
            {
                yield return argument;
            }
        }
    }

    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var value = code[at++] is var first and not 0xFE ? (short)first : (short)(0xFE00 | code[at++]);
            var operand = OpCodesByValue[value].OperandType;
            if (operand is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                yield return BitConverter.ToInt32(code, at);
            }

            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    // A list of records uses the record.
    private static IEnumerable<Type> Parts(Type type) => type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Parts)]
        : [type];
}
