namespace DiditWorker.Secrets;

/// <summary>What may change while the worker runs.</summary>
/// <param name="RabbitMqCertificates">Section <c>RabbitMq</c>: whom to trust, and what to show.</param>
/// <param name="RedisCertificates">Section <c>Redis</c>: whom to trust, and what to show.</param>
/// <param name="Files">All files that are looked at again.</param>
public sealed record WorkerSecrets(
    PeerCertificates RabbitMqCertificates, PeerCertificates RedisCertificates, IReadOnlyList<SecretFile> Files);
