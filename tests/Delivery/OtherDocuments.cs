using System.Text.Json;
using EdgeFace.Consumer;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>All that is signed for a device and is no command, some of it by the key that may command.</summary>
static class OtherDocuments
{
    public static IEnumerable<string> Of(CommandBed bed)
    {
        var now = bed.Time.GetUtcNow();
        var site = JsonElement.Parse("""{"doors":{}}""");
        var root = bed.Of(KeyRole.Root);
        foreach (var role in new[] { KeyRole.Command, KeyRole.Settings })
            yield return new SettingsDocument(CommandBed.Device, 1, now, site).SignedBy(bed.Of(role));
        yield return bed.Keys.SignedBy(root, root).Split(' ')[0];

        var receipt = new Receipt(CommandBed.Device, [new SeqRange(1, 1, 9)], now);
        var resend = new ResendRequest(CommandBed.Device, [new MissedRange(1, 1, 9)]);
        yield return SignedText.Sign(Receipt.Type, receipt.ToJson(), bed.Of(KeyRole.Receipt));
        yield return SignedText.Sign(ResendRequest.Type, resend.ToJson(), bed.Of(KeyRole.Receipt));

        using var pushes = new PushBed();
        var people = pushes.People(1);
        foreach (var role in new[] { KeyRole.Command, KeyRole.Enrollment })
        {
            var press = new GalleryPress(PushBed.Gallery, PushBed.Model, bed.Of(role), bed.Time);
            yield return press.Head(GalleryPress.StateOf(people, 1));
            yield return press.Full(people, 1, pushes.Audience).Text;
        }
    }
}
