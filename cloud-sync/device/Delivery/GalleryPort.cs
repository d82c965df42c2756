using System.Security.Cryptography;
using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>What an intake needs of the device it is in.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Keys">In force at this moment.</param>
/// <param name="SealingKey">Its pair on P-256, to which content keys are sealed; not disposed here.</param>
/// <param name="Model">The id of the model whose embeddings it can compare.</param>
/// <param name="ClockTrusted">Whether the wall clock is believed.</param>
/// <param name="InForce">Read from the gallery; null where no push was ever applied.</param>
/// <param name="Apply">All of a push in one transaction, durable when it returns, or nothing of it.</param>
/// <param name="Recall">What <paramref name="Remember"/> kept, elsewhere than in the gallery's file; null when nothing was.</param>
/// <param name="Remember">Keeps a few bytes under a key.</param>
/// <param name="Tell">Hears what is to be journaled.</param>
/// <param name="Confirmed">Hears that what is in force is still the newest.</param>
/// <param name="LeftOut">How many people's faces the doors do not search, since there are too many.</param>
sealed record GalleryPort(
    string Device, Func<TrustedKeys> Keys, ECDiffieHellman SealingKey, Func<string> Model, Func<bool> ClockTrusted,
    Func<GalleryInForce?> InForce, Func<GalleryPush, PushRefusal?> Apply, Func<string, byte[]?> Recall, Action<string, byte[]> Remember,
    Action<GalleryNews> Tell, Action? Confirmed = null, Func<int>? LeftOut = null);

/// <summary>What was applied last.</summary>
sealed record GalleryInForce(string Gallery, long Version, byte[] Content, string Model, int People, int Templates)
{
    public GalleryState State => new(Version, Content);

    /// <summary>What is in force once it is applied.</summary>
    public static GalleryInForce Of(GalleryManifest manifest) =>
        new(manifest.Gallery, manifest.Version, manifest.Content, manifest.Model, manifest.People, manifest.Templates);
}

/// <summary>A push of which everything was checked but whether it can be kept.</summary>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="People">Who is to be as this.</param>
/// <param name="Removed">Who is to be erased; of a delta only.</param>
sealed record GalleryPush(GalleryManifest Manifest, IReadOnlyList<PersonRecord> People, IReadOnlyList<Guid> Removed);

/// <summary>Why a push is not applied.</summary>
/// <param name="Code">For machines, see the protocol.</param>
/// <param name="Message">What happened, the value, the limit, what to do; nobody's name.</param>
/// <param name="IsTransient">The same push may be applied later.</param>
/// <param name="WantsFull">A full push would help.</param>
sealed record PushRefusal(string Code, string Message, bool IsTransient = false, bool WantsFull = false);

/// <summary>Something that belongs in the journal.</summary>
/// <param name="Kind">"gallery.push.applied", "gallery.push.refused", "gallery.behind" or "gallery.rolled-back".</param>
/// <param name="IsAlarm">Somebody should look.</param>
/// <param name="Code">Of a refusal.</param>
/// <param name="Version">Of the push, or of what is in force.</param>
/// <param name="Message">For people.</param>
sealed record GalleryNews(string Kind, bool IsAlarm, string? Code, long? Version, string Message);
