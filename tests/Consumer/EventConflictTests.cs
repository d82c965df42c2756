using EdgeFace.Consumer;
using EdgeFace.Wire;
using Microsoft.Data.Sqlite;
using Xunit;

namespace EdgeFace.Tests.Consumer;

/// <summary>Two events under one number: two devices share a name, or one was set back to an older image.</summary>
public sealed class EventConflictTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly EventVault _vault;

    public EventConflictTests() => _vault = new EventVault(_folder["events.db"]);

    public void Dispose()
    {
        _vault.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Another_event_under_a_number_that_is_taken_is_kept_beside_it_once()
    {
        Assert.Equal(1, _vault.Keep([Event("granted")]));
        Assert.Equal(0, _vault.Keep([Event("granted")]));
        Assert.Equal(0, _vault.Keep([Event("door.forced"), Event("door.forced")]));
        Assert.Equal(0, _vault.Keep([Event("door.forced")]));

        Assert.Equal(1, _vault.Conflicts);
        Assert.Equal(1, _vault.Count("door-1"));
        Assert.Contains("edgeface.door.forced", Assert.Single(Bodies("conflict")), StringComparison.Ordinal);
        Assert.Contains("edgeface.granted", Assert.Single(Bodies("event")), StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_was_cut_to_fit_a_message_is_the_same_as_the_whole()
    {
        var whole = Event("granted") with { Remedy = "look", More = new Dictionary<string, string> { ["a"] = "b" } };

        _vault.Keep([whole]);
        _vault.Keep([whole with { Remedy = null, More = null, Cut = true }]);

        Assert.Equal(0, _vault.Conflicts);
        _vault.Keep([whole with { Remedy = "look away" }]);
        Assert.Equal(1, _vault.Conflicts);
    }

    static OutboxEvent Event(string kind) => SomeEvents.One(5, 801, kind);

    List<string> Bodies(string table)
    {
        using var connection = new SqliteConnection($"Data Source={_folder["events.db"]};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT body FROM {table}";
        using var reader = command.ExecuteReader();
        List<string> bodies = [];
        while (reader.Read()) bodies.Add(reader.GetString(0));
        return bodies;
    }
}
