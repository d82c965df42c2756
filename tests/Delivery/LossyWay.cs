using System.Diagnostics.CodeAnalysis;

namespace EdgeFace.Tests.Delivery;

/// <summary>One direction of a network that loses, doubles and reorders as the seed says.</summary>
sealed class LossyWay<T>(Random random)
{
    readonly List<T> _underWay = [];

    public int Count => _underWay.Count;

    public void Send(T message) => _underWay.Add(message);

    /// <summary>Any message that is under way, in any order: it comes, comes and will come again, or never does.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T message)
    {
        message = default;
        if (_underWay.Count == 0) return false;

        var index = random.Next(_underWay.Count);
        var fate = random.Next(8);
        message = _underWay[index];
        if (fate > 0) _underWay.RemoveAt(index);
        return fate != 1;
    }

    /// <summary>All of it, in order.</summary>
    public T[] TakeAll()
    {
        T[] all = [.. _underWay];
        _underWay.Clear();
        return all;
    }
}
