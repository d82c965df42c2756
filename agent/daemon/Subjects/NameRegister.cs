using System.Globalization;
using EdgeFace.Matching;
using EdgeFace.Wire;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Subjects;

/// <summary>Who bears which name while a push is looked at, without those that it replaces or removes.</summary>
sealed class NameRegister
{
    readonly Dictionary<string, Subject> _bearers = new(StringComparer.Ordinal);
    readonly HashSet<Guid> _hub;

    /// <param name="connection">The gallery.</param>
    /// <param name="rows">Opens seals.</param>
    /// <param name="leaving">Whose names are free.</param>
    /// <param name="hub">Who is the hub's afterwards.</param>
    public NameRegister(SqliteConnection connection, SubjectRows rows, HashSet<SubjectId> leaving, IEnumerable<Guid> hub)
    {
        _hub = [.. hub];
        var staying = HubRows.All(connection).Where(id => !leaving.Contains(id)).ToArray();
        if (staying.Length == 0) return;

        // Of many it is faster to open all; of none or few, those.
        var subjects = staying.Length > leaving.Count ? rows.All(connection).Where(subject => !leaving.Contains(subject.Id))
            : staying.Select(id => rows.Find(connection, id)).OfType<Subject>();
        foreach (var subject in subjects) _bearers[subject.Name] = subject;
    }

    /// <summary>False when two of the hub's people would bear one name.</summary>
    /// <param name="coming">The hub's.</param>
    /// <param name="renamed">Of this door, under the names that they get.</param>
    public bool TryAdd(IEnumerable<Subject> coming, out IReadOnlyList<Subject> renamed)
    {
        var giving = new List<Subject>();
        renamed = giving;
        foreach (var subject in coming)
        {
            if (_bearers.TryGetValue(subject.Name, out var bearer))
            {
                if (_hub.Contains(bearer.Id.Value)) return false;
                giving.Add(bearer);
            }

            _bearers[subject.Name] = subject;
        }

        // Only now is it known which names are taken.
        for (var i = 0; i < giving.Count; i++)
        {
            giving[i] = giving[i] with { Name = Free(giving[i].Name) };
            _bearers[giving[i].Name] = giving[i];
        }

        return true;
    }

    /// <summary>"Anna" becomes "Anna (2)", or the first number that is free.</summary>
    string Free(string name)
    {
        for (var number = 2; ; number++)
        {
            var ending = string.Create(CultureInfo.InvariantCulture, $" ({number})");
            var letters = StringInfo.GetTextElementEnumerator(name);
            var kept = "";
            while (letters.MoveNext() && Length(kept) + Length((string)letters.Current) + ending.Length <= SubjectName.LengthMax) kept += letters.Current;
            if (!_bearers.ContainsKey(kept.TrimEnd() + ending)) return kept.TrimEnd() + ending;
        }
    }

    static int Length(string text) => text.EnumerateRunes().Count();
}
