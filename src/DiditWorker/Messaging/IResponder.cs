using MassTransit;

namespace DiditWorker.Messaging;

/// <summary>Sends an answer to the response address of its request.</summary>
public interface IResponder
{
    /// <summary>Sends it.</summary>
    /// <param name="context">Of the request, which has a response address.</param>
    /// <param name="answer">What to send.</param>
    /// <param name="pipe">Sets ids and headers.</param>
    /// <returns>Null once it is sent; else why the address cannot be used, which is for good: trying again would not help.</returns>
    Task<string?> RespondAsync<T>(ConsumeContext context, T answer, IPipe<SendContext<T>> pipe)
        where T : class;
}
