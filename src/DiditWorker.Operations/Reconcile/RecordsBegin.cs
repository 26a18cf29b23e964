using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Reconcile;

/// <summary>
/// Since when a session that was answered must have a record: records live as long as the window, and Redis may have lost some.
/// </summary>
internal sealed class RecordsBegin(Horizon horizon, IdempotencyOptions idempotency, DiditOptions didit, TimeProvider time)
{
    private DateTimeOffset? _begin;

    /// <summary>Since when.</summary>
    public async Task<DateTimeOffset> GetAsync()
    {
        if (_begin is null)
        {
            var oldest = time.GetUtcNow() - idempotency.RetentionFor(didit.IdempotencyWindow) + didit.WindowMargin;
            var since = (await horizon.ReadAsync()).Since;
            _begin = oldest > since ? oldest : since;
        }

        return _begin.Value;
    }
}
