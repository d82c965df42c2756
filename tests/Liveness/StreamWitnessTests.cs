using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Liveness;
using EdgeFace.Tests.Capture;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Liveness;

public sealed class StreamWitnessTests : IDisposable
{
    static readonly PadReading Alive = PadReading.Fuse(0.9f, 0, 1);

    readonly FakeTimeProvider _time = new();
    readonly Frame _visible = MadeScene.Visible();

    public StreamWitnessTests()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        _visible.CapturedAt = _time.GetTimestamp();
    }

    [Fact]
    public void A_living_face_stays_what_it_was_and_what_was_said_stands_in_the_reading()
    {
        using var witness = Witness(new IrTexture());
        Put(witness, MadeScene.Ir());

        var heard = witness.Confirm(Alive, _visible, MadeScene.Face);

        Assert.Equal(Alive.Live, heard.Live);
        Assert.Equal(StreamKind.Ir, heard.Second?.Kind);
        Assert.Equal(StreamFinding.BonaFide, heard.Second?.Reading.Finding);
    }

    [Fact]
    public void Without_a_picture_nobody_is_alive()
    {
        using var witness = Witness(new IrTexture());

        var heard = witness.Confirm(Alive, _visible, MadeScene.Face);

        Assert.Equal((0f, StreamFinding.Missing), (heard.Live, heard.Second?.Reading.Finding));
    }

    [Theory]
    [InlineData(-151)]
    [InlineData(151)]
    [InlineData(-100_000)]
    public void A_picture_of_another_time_says_nothing(int milliseconds)
    {
        using var witness = Witness(new IrTexture());
        Put(witness, MadeScene.Ir(), milliseconds);

        Assert.Equal(StreamFinding.OutOfTime, witness.Read(_visible, MadeScene.Face).Finding);
    }

    [Fact]
    public void The_last_picture_stays_until_it_is_too_old()
    {
        using var witness = Witness(new IrTexture());
        Put(witness, MadeScene.Ir());
        Assert.Equal(StreamFinding.BonaFide, witness.Read(_visible, MadeScene.Face).Finding);

        _visible.CapturedAt += Ticks(100);
        Assert.Equal(StreamFinding.BonaFide, witness.Read(_visible, MadeScene.Face).Finding);

        _visible.CapturedAt += Ticks(100);
        Assert.Equal(StreamFinding.OutOfTime, witness.Read(_visible, MadeScene.Face).Finding);
    }

    [Fact]
    public void A_dark_picture_between_two_flashes_does_not_replace_a_lit_one()
    {
        using var witness = Witness(new IrTexture());
        Put(witness, MadeScene.Ir(), -33);
        Assert.Equal(StreamFinding.BonaFide, witness.Read(_visible, MadeScene.Face).Finding);

        Put(witness, MadeScene.Grey((_, _) => 3));
        Assert.Equal(StreamFinding.BonaFide, witness.Read(_visible, MadeScene.Face).Finding);

        Put(witness, MadeScene.Grey((_, _) => 3), 140); // too long for a gap: the illuminator is off
        Assert.Equal(StreamFinding.Blank, witness.Read(_visible, MadeScene.Face).Finding);
    }

    [Fact]
    public void A_face_is_looked_for_where_the_other_lens_sees_it()
    {
        using var aside = Witness(new DepthRelief(), new("folder:x", Zoom: 0.5, ShiftX: 0.1, ShiftY: -0.05));
        var small = Frame.Allocate(640, 480);
        small.Pixels.Clear();
        using (var depth = MadeScene.Depth(MadeScene.Head))
        {
            // Pixels of the same size, twice as many: half the share of the width. Shifted by 64 to the right and by 32 up.
            var (left, top) = (320 + 64 - 160, 240 - 32 - 120);
            for (var y = 0; y < depth.Height; y++)
                depth.Pixels.Slice(y * depth.Stride, depth.Stride).CopyTo(small.Pixels[((top + y) * small.Stride + left * 3)..]);
        }

        Put(aside, small);

        Assert.Equal(StreamFinding.BonaFide, aside.Read(_visible, MadeScene.Face).Finding);
    }

    [Theory]
    [InlineData(float.NaN, 0, 10, 10)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(0, 0, float.PositiveInfinity, 10)]
    [InlineData(-90, 50, 10, 177)]
    [InlineData(300, 50, 400, 177)]
    public void A_face_that_the_other_lens_does_not_see_is_out_of_view(float left, float top, float right, float bottom)
    {
        using var witness = Witness(new DepthRelief());
        Put(witness, MadeScene.Depth(MadeScene.Head));

        Assert.Equal(StreamFinding.OutOfView, witness.Read(_visible, new FaceBox(left, top, right, bottom, 1)).Finding);
    }

    /// <summary>Whatever either stream shows, whenever, wherever: what comes out is what went in, or nobody is alive.</summary>
    [Fact]
    public void No_second_stream_raises_a_verdict()
    {
        Func<Frame?>[] pictures =
        [
            () => null, MadeScene.Blank, () => MadeScene.Ir(), () => MadeScene.Visible(3), () => MadeScene.Copy(_visible),
            () => MadeScene.Depth(MadeScene.Head), () => MadeScene.Depth((_, _) => 0), Noise, () => Frame.Allocate(1, 1), () => Frame.Allocate(3, 900),
        ];
        var places = Gen.Elements(-1e9f, -50, 0, 99.5f, 100, 200, 177, 319, 1e9f, float.NaN, float.NegativeInfinity);
        var cases = Gen.Choose(0, pictures.Length - 1).SelectMany(picture => Gen.Choose(-300, 300).SelectMany(late => Gen.Elements(true, false)
            .SelectMany(infrared => Gen.Choose(0, 1000).SelectMany(live => places.Four().Select(box => (picture, late, infrared, live, box))))));
        var (denied, kept) = (0, 0);
        Prop.ForAll(Arb.From(cases), each =>
        {
            using var witness = Witness(each.infrared ? new IrTexture() : new DepthRelief());
            if (pictures[each.picture]() is { } frame) Put(witness, frame, each.late);
            var before = PadReading.Fuse(each.live / 1000f, 0, 1);
            var (left, top, right, bottom) = each.box;
            var face = each.live % 3 == 0 ? new FaceBox(left, top, right, bottom, 1) : MadeScene.Face;

            var after = witness.Confirm(before, _visible, face);
            var good = after.Second?.Reading.Denies == false;
            (denied, kept) = good ? (denied, kept + 1) : (denied + 1, kept);
            // A second stream that agrees does not lift what another one has denied.
            return after.Live == (good ? before.Live : 0)
                && after.Heard(StreamKind.Depth, new StreamReading(StreamFinding.BonaFide)).Live == after.Live;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

        Assert.True(denied > 500 && kept > 10, $"{denied} denied, {kept} kept");
    }

    [Fact]
    public void The_zero_value_denies() => Assert.True(default(StreamReading).Denies);

    StreamWitness Witness(IStreamCue cue, SecondStreamOptions? options = null) => new(
        cue is IrTexture ? StreamKind.Ir : StreamKind.Depth,
        new Camera("cam-ir", new CameraOptions("pipe:none", 8, 8), _time, null, _ => new ScriptedSource(), new Random(1)),
        cue, options ?? new SecondStreamOptions("folder:x"), _time);

    void Put(StreamWitness witness, Frame frame, int milliseconds = 0)
    {
        frame.CapturedAt = _visible.CapturedAt + Ticks(milliseconds);
        witness.Camera.Frames.Put(frame);
    }

    static Frame Noise()
    {
        var frame = Frame.Allocate(MadeScene.Width, MadeScene.Height);
        new Random(5).NextBytes(frame.Pixels);
        return frame;
    }

    long Ticks(int milliseconds) => milliseconds * _time.TimestampFrequency / 1000;

    public void Dispose() => _visible.Dispose();
}
