using System.Runtime.InteropServices;
using System.Text;
using EdgeFace.Consumer;
using EdgeFace.Hosting;
using EdgeFace.Subjects;
using EdgeFace.Tests.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hosting;

/// <summary>The daemon, a broker and a hub, with everything that goes between them read along.</summary>
public sealed class DaemonTrafficTests
{
    const string Name = "Franck";

    [Fact]
    public async Task An_enrolment_goes_up_a_push_comes_down_events_are_receipted_and_nothing_of_it_is_in_the_clear()
    {
        var wire = new MemoryStream();
        CutProxy? proxy = null;
        await using var cloud = await CloudHouse.BuildAsync(port =>
        {
            proxy = new CutProxy(port) { Tap = piece => Write(wire, piece) };
            return proxy.Port;
        });
        var daemon = await cloud.House.StartAsync();

        // Up: he was enrolled at the door, and the hub opens what only it can open.
        var upload = await UploadAsync(cloud);
        Assert.Equal(Name, upload.Record.Person.Name);

        // Down: the hub makes him one of its people, and the door opens for him.
        var identity = cloud.Identity() ?? throw new InvalidOperationException("The device has not said who it is.");
        var press = new GalleryPress("main", daemon.Embedder.ModelId.Value, cloud.Enrollment, TimeProvider.System);
        cloud.Far?.Send(CloudHouse.Device, press.Full([upload.Record], 1, [new PressRecipient(CloudHouse.Device, identity.SealingKey)]).Messages());
        await cloud.House.HappensAsync("gallery.push.applied");
        await cloud.House.HappensAsync("granted", times: cloud.House.Events("granted").Count + 1);
        var written = daemon.Journal.Read().LastSeq();
        await Eventually.TrueAsync(() => cloud.Vault.Count(CloudHouse.Device) >= written, "the events are held");
        Assert.Empty(cloud.Vault.Holes(CloudHouse.Device));

        var secrets = SecretsOf(daemon);
        byte[] captured;
        lock (wire) captured = wire.ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine($"{captured.Length:N0} bytes, {secrets.Count} secrets in {secrets.Sum(each => each.Forms.Count)} forms looked for");
        Assert.True(captured.Length > 50_000);
        Assert.Empty(from secret in secrets from form in secret.Forms where captured.AsSpan().IndexOf(form) >= 0 select $"{secret.What} as {Encoding.Latin1.GetString(form)}");
        Assert.All(secrets, secret => Assert.NotEqual(-1, Sample(daemon).AsSpan().IndexOf(secret.Forms[0])));
        if (proxy is not null) await proxy.DisposeAsync();
    }

    [Fact]
    public async Task A_push_of_more_people_than_can_be_searched_takes_somebody_out_all_the_same_and_the_hub_hears_how_many_are_left_out()
    {
        await using var cloud = await CloudHouse.BuildAsync();
        cloud.House.Profile = cloud.House.Profile with { Fpir = 1e-4 };
        var daemon = await cloud.House.StartAsync();
        var franck = (await UploadAsync(cloud)).Record;
        var identity = cloud.Identity() ?? throw new InvalidOperationException("The device has not said who it is.");
        var press = new GalleryPress("main", daemon.Embedder.ModelId.Value, cloud.Enrollment, TimeProvider.System);
        PressRecipient[] door = [new(CloudHouse.Device, identity.SealingKey)];
        cloud.Far?.Send(CloudHouse.Device, press.Full([franck], 1, door).Messages());
        await cloud.House.HappensAsync("gallery.push.applied");
        await cloud.House.HappensAsync("granted");

        var strangers = Enumerable.Range(0, 60).Select(number => Stranger(number, daemon.Embedder)).ToArray();
        cloud.Far?.Send(CloudHouse.Device, press.Full(strangers, 2, door).Messages());
        await cloud.House.HappensAsync("gallery.push.applied", times: 2);

        Assert.DoesNotContain(daemon.Gallery.People.Subjects, one => one.Value.Name == Name);
        Assert.Single(cloud.House.Events(ErasureStatement.Event));
        Assert.Equal(60, daemon.Gallery.People.Templates + daemon.Gallery.People.LeftOut.Count);
        Assert.True(daemon.Gallery.People.LeftOut.Count > 0);
        await cloud.House.HappensAsync("denied.unknown");
        await Eventually.TrueAsync(
            () => Reported(cloud) is { Version: 2 } said && said.LeftOut == daemon.Gallery.People.LeftOut.Count && said.Refused.Length == 0, "the hub hears of it");

        cloud.Far?.Send(CloudHouse.Device, press.Full(strangers[..5], 3, door).Messages());
        await Eventually.TrueAsync(() => Reported(cloud) is { Version: 3, LeftOut: 0 }, "all have a place");
    }

    static EdgeFace.Wire.GalleryReport? Reported(CloudHouse cloud) =>
        cloud.Heard.LastOrDefault(heard => heard.Message.Channel is UpChannel.Gallery) is { } last ? EdgeFace.Wire.GalleryReport.Parse(last.Message.Payload.Span) : null;

    /// <summary>Whom nobody ever sees: one template, in a direction of its own.</summary>
    static PersonRecord Stranger(int number, EdgeFace.Inference.ModelCard card)
    {
        var values = new float[card.Width];
        values[number] = 1;
        var now = TimeProvider.System.GetUtcNow();
        return PersonRecord.Of(
            new PushedPerson(Guid.NewGuid().ToString("N"), $"Stranger {number}", ["staff"], now.AddMinutes(number),
                [new PushedTemplate(Guid.NewGuid().ToString("N"), card.ModelId.Value, 0.9f, now, card.Width)], new PushedConsent(now, "notice 1")),
            MemoryMarshal.AsBytes<float>(values).ToArray());
    }

    static void Write(MemoryStream wire, ReadOnlyMemory<byte> piece)
    {
        lock (wire) wire.Write(piece.Span);
    }

    static async Task<OpenedEnrollment> UploadAsync(CloudHouse cloud)
    {
        await Eventually.TrueAsync(() => cloud.Heard.Any(heard => heard.Message.Channel is UpChannel.Enrollments), "the enrolment goes up");
        using var key = EdgeFace.Journal.JournalKey.Read(cloud.House.Data.JournalKey);
        var opening = new EnrollmentOpening(_ => new VerifyingKey(key.Public), cloud.Sealing);
        var heard = cloud.Heard.First(heard => heard.Message.Channel is UpChannel.Enrollments);
        Assert.True(opening.TryOpen(CloudHouse.Device, heard.Message.Payload.Span, out var opened, out var refusal), refusal);
        return opened ?? throw new InvalidOperationException("It did not open.");
    }

    /// <summary>Names, templates and the beginning of a JPEG, each as bytes and in every base64 that it could stand in.</summary>
    static List<(string What, List<byte[]> Forms)> SecretsOf(DoorDaemon daemon)
    {
        List<(string, List<byte[]>)> secrets =
        [
            ("name", [Encoding.UTF8.GetBytes(Name), Encoding.Unicode.GetBytes(Name), .. Base64(Encoding.UTF8.GetBytes($"\"name\":\"{Name}\""))]),
            ("JPEG", [[0xFF, 0xD8, 0xFF], Encoding.ASCII.GetBytes("/9j/4AAQSkZJRg")]),
        ];
        foreach (var template in daemon.Store.Templates(daemon.Embedder.ModelId))
        {
            var values = MemoryMarshal.AsBytes(template.Embedding.Values);
            secrets.Add(("template", [values[..32].ToArray(), values[^32..].ToArray(), .. Base64(values[..30].ToArray())]));
        }

        return secrets;
    }

    /// <summary>Without the letters at its ends, which depend on what stands beside it.</summary>
    static IEnumerable<byte[]> Base64(byte[] bytes) => Enumerable.Range(0, 3)
        .Select(shift => Convert.ToBase64String([.. new byte[shift], .. bytes]))
        .Select(text => Encoding.ASCII.GetBytes(text[4..(text.Length / 4 * 4 - 4)]));

    /// <summary>All of it in the clear: the search must find it there.</summary>
    static byte[] Sample(DoorDaemon daemon)
    {
        var people = new HubGallery(daemon.Store, TimeProvider.System);
        Assert.NotNull(people.InForce());
        var templates = daemon.Store.Templates(daemon.Embedder.ModelId).SelectMany(template => MemoryMarshal.AsBytes(template.Embedding.Values).ToArray());
        return [.. Encoding.UTF8.GetBytes(Name), 0xFF, 0xD8, 0xFF, .. templates];
    }
}
