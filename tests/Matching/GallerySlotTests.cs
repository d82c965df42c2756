using EdgeFace.Matching;
using EdgeFace.Recognition;
using Xunit;

namespace EdgeFace.Tests.Matching;

public sealed class GallerySlotTests
{
    [Fact]
    public void A_swap_hands_back_what_hung_there()
    {
        var (first, next) = (Filled(1), Filled(2));
        var slot = new GallerySlot(first);

        Assert.Same(first, slot.Swap(next));
        Assert.Same(next, slot.Current);
    }

    [Fact]
    public async Task A_reader_during_swaps_always_sees_one_whole_gallery()
    {
        // Both people are new in every gallery: an answer that mixed two of them would name people of different ones.
        var galleries = Enumerable.Range(0, 8).Select(Filled).ToArray();
        var known = galleries.Select(each => each.Search([1, 0])).ToHashSet();
        var slot = new GallerySlot(galleries[0]);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => Read(slot, known, stop.Token))).ToArray();

        for (var i = 0; i < 20_000; i++) slot.Swap(galleries[i % galleries.Length]);
        await stop.CancelAsync();

        foreach (var strangers in await Task.WhenAll(readers)) Assert.Equal(0, strangers);
    }

    static int Read(GallerySlot slot, HashSet<Match?> known, CancellationToken stop)
    {
        var strangers = 0;
        do
        {
            if (!known.Contains(slot.Current.Search([1, 0]))) strangers++;
        }
        while (!stop.IsCancellationRequested);

        return strangers;
    }

    static Gallery Filled(int seed) => new(
        MadeGallery.Model,
        2,
        [
            new(SubjectId.New(), new Embedding(MadeGallery.Model, [1, seed / 10f])),
            new(SubjectId.New(), new Embedding(MadeGallery.Model, [-1, seed / 10f])),
        ]);
}
