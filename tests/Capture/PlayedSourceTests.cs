using System.Text.RegularExpressions;
using EdgeFace.Capture;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Capture;

public sealed partial class PlayedSourceTests
{
    const double Fast = 240;

    [Fact]
    public void A_file_is_played_once_from_its_first_to_its_last_picture()
    {
        using var folder = new TemporaryFolder();
        MadeVideo.Write(folder, "a.avi", 5);
        Assert.Equal([1, 2, 3, 4, 5], Play(folder, "file:a.avi"));
    }

    [Fact]
    public void A_part_of_a_file_is_played()
    {
        using var folder = new TemporaryFolder();
        MadeVideo.Write(folder, "a.avi", 20);
        Assert.Equal([6, 7, 8, 9, 10], Play(folder, "file:a.avi#t=0.2,0.4"));
    }

    [Fact]
    public void A_loop_begins_again_and_again()
    {
        using var folder = new TemporaryFolder();
        MadeVideo.Write(folder, "a.avi", 3);
        Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2], Play(folder, "file:a.avi", loop: true, most: 8));
    }

    [Fact]
    public void A_playlist_plays_files_and_folders_of_any_size_in_their_order()
    {
        using var folder = new TemporaryFolder();
        MadeVideo.Write(folder, "a.avi", 2);
        MadeVideo.WritePicture(folder, "pictures/2.png", 12);
        MadeVideo.WritePicture(folder, "pictures/1.png", 11, width: 32);
        MadeVideo.Write(folder, "b.avi", 3, from: 20);

        Assert.Equal([1, 2, 11, 12, 21, 22, 1], Play(folder, "file:a.avi | folder:pictures | file:b.avi#t=0.04", loop: true, most: 7));
    }

    [Fact]
    public void Names_without_a_scheme_of_their_own_have_the_first_one_s()
    {
        using var folder = new TemporaryFolder();
        MadeVideo.Write(folder, "a.avi", 1);
        MadeVideo.Write(folder, "b.avi", 1, from: 2);
        Assert.Equal([1, 2], Play(folder, "file:a.avi|b.avi"));
    }

    [Theory]
    [InlineData("file:none.avi", "no file")]
    [InlineData("file:a.avi#t=60,67", "#t=")]
    [InlineData("folder:empty", "no JPEG or PNG")]
    [InlineData("folder:none", "no folder")]
    public void What_cannot_be_played_is_said(string source, string words)
    {
        using var folder = new TemporaryFolder();
        MadeVideo.Write(folder, "a.avi", 2);
        Directory.CreateDirectory(folder.At("empty"));
        var fault = Assert.ThrowsAny<Exception>(() => Play(folder, source));
        Assert.True(fault is CameraException or PictureException, fault.ToString());
        Assert.Contains(words, fault.Message);
    }

    [Fact]
    public async Task A_picture_waits_until_it_is_due_by_its_own_time_stamp()
    {
        var time = new FakeTimeProvider();
        using var pause = new Pause(time);
        var pacing = new FramePacing(time, pause);
        Assert.True(pacing.WaitFor(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1)));

        var next = Task.Run(() => pacing.WaitFor(TimeSpan.FromSeconds(60.04), TimeSpan.FromSeconds(1)), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => pause.IsWaiting, "it waits");
        time.Advance(TimeSpan.FromMilliseconds(39));
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.True(await next);
    }

    [Fact]
    public async Task The_first_picture_of_the_next_file_follows_after_one_step()
    {
        var time = new FakeTimeProvider();
        using var pause = new Pause(time);
        var pacing = new FramePacing(time, pause);
        pacing.WaitFor(TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(1));
        pacing.BeginFile();

        var next = Task.Run(() => pacing.WaitFor(TimeSpan.Zero, TimeSpan.FromSeconds(1)), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => pause.IsWaiting, "it waits");
        time.Advance(TimeSpan.FromMilliseconds(990));
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.True(await next);
    }

    [Fact]
    public async Task Who_was_very_slow_does_not_get_a_burst_afterwards()
    {
        var time = new FakeTimeProvider();
        using var pause = new Pause(time);
        var pacing = new FramePacing(time, pause);
        var step = TimeSpan.FromSeconds(0.1);
        pacing.WaitFor(TimeSpan.Zero, step);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(pacing.WaitFor(step, step));

        var next = Task.Run(() => pacing.WaitFor(2 * step, step), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => pause.IsWaiting, "it is paced anew");
        pause.End();
        Assert.False(await next);
    }

    [Fact]
    public async Task A_camera_plays_a_file_to_its_end()
    {
        using var folder = new TemporaryFolder();
        var witness = new CameraWitness();
        using var camera = new Camera("door", new($"file:{MadeVideo.Write(folder, "a.avi", 10)}", FramesPerSecond: Fast), TimeProvider.System, witness.Hear);
        camera.Start();

        await witness.HearsAsync(CameraEventKind.Ended);
        Assert.Equal(10, camera.FramesRead);
        Assert.Equal([CameraEventKind.Live, CameraEventKind.Ended], witness.Kinds);
        await CameraWitness.EndAsync(camera);
    }

    [Fact]
    public async Task A_file_that_is_put_there_later_is_found()
    {
        using var folder = new TemporaryFolder();
        var witness = new CameraWitness();
        using var camera = new Camera("door",
            new($"file:{folder.At("a.avi")}", RetryFirstSeconds: 0.01, RetryMaxSeconds: 0.1), TimeProvider.System, witness.Hear);
        camera.Start();
        await witness.HearsAsync(CameraEventKind.Lost);

        MadeVideo.Write(folder, "b.avi", 3);
        File.Move(folder.At("b.avi"), folder.At("a.avi"));
        await witness.HearsAsync(CameraEventKind.Ended);
        await CameraWitness.EndAsync(camera);
    }

    /// <summary>As the camera reads: by size, again where it changed.</summary>
    static List<int> Play(TemporaryFolder folder, string source, bool loop = false, int most = 100)
    {
        using var pause = new Pause(TimeProvider.System);
        source = SchemeOrBar().Replace(source, $"$0{folder.Path}/");
        using var played = FrameSources.Of(new(source, FramesPerSecond: Fast, Loop: loop), TimeProvider.System)(pause);
        played.Open();
        var numbers = new List<int>();
        while (numbers.Count < most)
        {
            using var frame = Frame.Allocate(played.Width, played.Height);
            var answer = played.Read(frame);
            if (answer == SourceAnswer.Ended) break;
            if (answer == SourceAnswer.Filled) numbers.Add(MadeVideo.NumberOf(frame));
        }

        return numbers;
    }

    [GeneratedRegex(@"file:|folder:|\|(?=\w+\.)")]
    private static partial Regex SchemeOrBar();
}
