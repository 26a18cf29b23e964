namespace DiditWorker.Operations.Broker;

/// <summary>What the broker did not do.</summary>
public enum BrokerFailure
{
    /// <summary>No node of it answers.</summary>
    Unreachable,

    /// <summary>User or password is wrong.</summary>
    LoginRefused,

    /// <summary>There is no such virtual host, or not for this user.</summary>
    VirtualHostRefused,

    /// <summary>It closed the channel or the connection, or the connection broke.</summary>
    Closed,

    /// <summary>The user lacks a right.</summary>
    RightRefused,

    /// <summary>A queue does not take a message.</summary>
    MessageRefused,

    /// <summary>No queue is there for a message.</summary>
    NoQueue,
}

/// <summary>The broker did not do what it was asked for. The inner exception, if there is one, is the client library's.</summary>
public sealed class BrokerException(BrokerFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of failure it is.</summary>
    public BrokerFailure Failure => failure;

    /// <summary>Whether the broker only did not take a message: it is there, and goes on working.</summary>
    public bool IsAboutMessage => failure is BrokerFailure.MessageRefused or BrokerFailure.NoQueue;
}
