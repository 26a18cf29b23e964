using System.Net;
using Microsoft.AspNetCore.Connections;

namespace DiditWorker.Hosting;

/// <summary>
/// Bounds the HTTP connections without keeping anybody out: whoever comes is let in, and where there is no room, the oldest connection of
/// the address that holds most goes. So somebody who merely holds connections cannot make probes fail, from the same address either.
/// </summary>
/// <param name="most">Connections at a time.</param>
internal sealed class ConnectionRoom(int most)
{
    private readonly Lock _lock = new();

    // In the order in which they came.
    private readonly LinkedList<ConnectionContext> _held = new();

    /// <summary>Serves a connection, in its place.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var place = Enter(connection);
        try
        {
            await next(connection);
        }
        finally
        {
            lock (_lock)
            {
                // One that had to go has no place any more.
                if (place.List is not null)
                {
                    _held.Remove(place);
                }
            }
        }
    }

    private LinkedListNode<ConnectionContext> Enter(ConnectionContext connection)
    {
        ConnectionContext? goes = null;
        LinkedListNode<ConnectionContext> place;
        lock (_lock)
        {
            if (_held.Count >= most)
            {
                goes = _held.GroupBy(AddressOf).MaxBy(group => group.Count())!.First();
                _held.Remove(goes);
            }

            place = _held.AddLast(connection);
        }

        goes?.Abort(new ConnectionAbortedException("There is no room for it any more."));
        return place;
    }

    private static IPAddress? AddressOf(ConnectionContext connection) => (connection.RemoteEndPoint as IPEndPoint)?.Address;
}
