using System.Collections;
using System.Runtime.CompilerServices;

namespace DiditWorker.Tests.Protocol;

/// <summary>An immutable list that equals another one with equal items: two histories that lead to the same state are one state.</summary>
[CollectionBuilder(typeof(Seq), nameof(Seq.Of))]
internal readonly struct Seq<T>(T[] items) : IEquatable<Seq<T>>, IEnumerable<T>
{
    private readonly T[] _items = items;

    public int Count => Items.Length;

    private T[] Items => _items ?? [];

    public T this[int index] => Items[index];

    public Seq<T> Add(T item) => new([.. Items, item]);

    public Seq<T> RemoveAt(int index) => new([.. Items[..index], .. Items[(index + 1)..]]);

    public Seq<T> Set(int index, T item)
    {
        var copy = (T[])Items.Clone();
        copy[index] = item;
        return new(copy);
    }

    public Seq<T> Map(Func<T, T> change) => new(Array.ConvertAll(Items, item => change(item)));

    public bool Equals(Seq<T> other) => ReferenceEquals(_items, other._items) || Items.AsSpan().SequenceEqual(other.Items);

    public override bool Equals(object? obj) => obj is Seq<T> other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var item in Items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    // Millions of states are looked through: these do without the enumerator, on the heap, of an interface.
    public bool Any(Func<T, bool> match)
    {
        foreach (var item in Items)
        {
            if (match(item))
            {
                return true;
            }
        }

        return false;
    }

    public bool All(Func<T, bool> match) => !Any(item => !match(item));

    public Enumerator GetEnumerator() => new(Items);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Items.GetEnumerator();

    public override string ToString() => "[" + string.Join(", ", Items) + "]";

    public struct Enumerator(T[] items)
    {
        private int _at = -1;

        public readonly T Current => items[_at];

        public bool MoveNext() => ++_at < items.Length;
    }
}

internal static class Seq
{
    public static Seq<T> Of<T>(ReadOnlySpan<T> items) => new(items.ToArray());
}
