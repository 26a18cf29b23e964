using DiditWorker.Protocol;

namespace DiditWorker.Status;

/// <summary>What a person does about a pause.</summary>
internal static class PauseAdvice
{
    /// <param name="reason">One of <see cref="PauseReasons"/>.</param>
    public static string For(string reason) => reason switch
    {
        PauseReasons.CredentialsRefused =>
            "put a valid key of the right Didit application, with the right to create and list sessions, into the file that "
                + "Didit:ApiKeyFile names: the workers "
            + "read it again and resume by themselves; one in Didit:ApiKey needs a restart",
        PauseReasons.CreditsMissing => "top up the account in the Didit console; the worker resumes by itself",
        PauseReasons.BillingSuspended => "settle the contract's billing with Didit; the worker resumes by itself",
        PauseReasons.ApplicationDeleted =>
            "look into the Didit console whether the application was deleted; if so, put the key of another one into the file that "
                + "Didit:ApiKeyFile names",
        PauseReasons.DefaultWorkflowUnknown =>
            "correct Didit:WorkflowId to a published workflow of the API key's application, and restart the workers; messages that name "
                + "their own go on",
        PauseReasons.EverythingRefused =>
            "different messages are refused with the same words: look whether the account, a setting or one publisher is wrong; the "
                + "worker probes and resumes by itself",
        PauseReasons.SomethingInFront =>
            "something answers in Didit's place: look at proxies, gateways and firewalls on the way, and at Didit:BaseAddress and the "
                + "paths; the worker resumes by itself",
        PauseReasons.Operator => "diditworker resume, once the reason is gone",
        PauseReasons.Budget =>
            "wait for the next day, UTC's, or raise Didit:CreatesPerDay and restart the workers; the worker resumes by itself",
        PauseReasons.Redirected => "correct Didit:BaseAddress or Didit:CreateSessionPath, and restart the workers",
        _ => "look at Didit's status page and at the network to Didit:BaseAddress; the worker probes and resumes by itself, restarting "
            + "it does not help",
    };
}
