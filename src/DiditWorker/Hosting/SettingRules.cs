using System.ComponentModel.DataAnnotations;
using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Status;
using DiditWorker.Verification;
using Microsoft.Extensions.Options;

namespace DiditWorker.Hosting;

/// <summary>Generated from the attributes of the options.</summary>
[OptionsValidator]
internal sealed partial class SettingRanges
    : IValidateOptions<DiditOptions>, IValidateOptions<IdempotencyOptions>, IValidateOptions<StartVerificationOptions>;

/// <summary>What no attribute of one setting can say.</summary>
/// <param name="bound">Section <c>Didit</c>, which may break rules of its own.</param>
internal sealed class SettingRules(DiditOptions bound)
    : IValidateOptions<DiditOptions>, IValidateOptions<IdempotencyOptions>, IValidateOptions<StatusOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, DiditOptions options) => All(
        (options.Callback is null || CallbackRule.Allows(options.Callback), nameof(options.Callback), CallbackRule.Expected),
        (options.AttemptTimeout <= options.TotalTimeout, nameof(options.AttemptTimeout),
            $"must not be longer than Didit:TotalTimeout ({options.TotalTimeout:c})"),
        (options.LookupDelay < options.TotalTimeout, nameof(options.LookupDelay),
            $"must be shorter than Didit:TotalTimeout ({options.TotalTimeout:c}), or no look-up would ever be made"),
        (options.IdempotencyWindow > TimeSpan.Zero || options.LookupBeforeResend != LookupBeforeResend.Never,
            nameof(options.LookupBeforeResend),
            "must not be Never while Didit:IdempotencyWindow is 0: nothing would prevent a second session"));

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, IdempotencyOptions options) => All(
        (options.Lease > bound.TotalTimeout, nameof(options.Lease),
            $"must be longer than Didit:TotalTimeout ({bound.TotalTimeout:c}), or two workers could own one key"),
        (options.UnencryptedAnswers == UnencryptedAnswers.Read || options.EncryptionKeyFile is not null, nameof(options.UnencryptedAnswers),
            "needs Idempotency:EncryptionKeyFile, or no answer could ever be read"));

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, StatusOptions options)
    {
        // Who sets a token believes that it protects.
        var vain = $"has no effect with Status:Access = {options.Access}; set that to Token, or remove this";
        return options.Access == StatusAccessRule.Token
            ? All((options is { Token: not null } or { TokenFile: not null }, nameof(options.Token), SecretForms.TokenExpected))
            : All(
                (options.Token is null || options.TokenFile is not null, nameof(options.Token), vain),
                (options.TokenFile is null, nameof(options.TokenFile), vain));
    }

    private static ValidateOptionsResult All(params ReadOnlySpan<(bool Holds, string Member, string Expected)> rules)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (holds, member, expected) in rules)
        {
            faults.AddResult(holds ? ValidationResult.Success : new(expected, [member]));
        }

        return faults.Build();
    }
}
