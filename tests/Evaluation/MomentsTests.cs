using EdgeFace.Evaluation;
using EdgeFace.Liveness;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class MomentsTests : IDisposable
{
    readonly ScratchFolder _folder = new();

    [Fact]
    public void Videos_lie_beside_the_list_or_among_the_media_and_may_be_parts()
    {
        File.WriteAllText(_folder["here.mp4"], "x");
        Directory.CreateDirectory(_folder["media"]);
        File.WriteAllText(_folder["media/there.mp4"], "x");

        var videos = Read("# by hand", "video,from,to,movement", "here.mp4,1.5,2,turn_left", "\"there.mp4#t=10,20\",12,13,blink?", "here.mp4,3,4,?");

        Assert.Equal([_folder["here.mp4"], _folder["media/there.mp4"]], videos.Select(video => video.File));
        Assert.Equal([(0, double.PositiveInfinity), (10, 20)], videos.Select(video => (video.From, video.To)));
        Assert.Equal([new(1.5, 2, Movement.TurnLeft, false), new(3, 4, Movement.None, true)], videos[0].Moments);
        Assert.Equal([new(12, 13, Movement.Blink, true)], videos[1].Moments);
    }

    [Theory]
    [InlineData("here.mp4,1,2,jump", "jump")]
    [InlineData("here.mp4,1,2,4", "4")]
    [InlineData("here.mp4,2,1,blink", "2,1")]
    [InlineData("here.mp4,NaN,1,blink", "NaN")]
    [InlineData("here.mp4,1,2", "video,from,to,movement")]
    [InlineData("gone.mp4,1,2,blink", "gone.mp4")]
    [InlineData("\"here.mp4#t=5,1\",3,4,blink", "#t=5,1")]
    public void A_line_that_says_nothing_is_refused_with_what_it_holds(string line, string said)
    {
        File.WriteAllText(_folder["here.mp4"], "x");

        Assert.Contains(said, Assert.Throws<EvaluationException>(() => Read(line)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_is_empty_or_missing_is_refused()
    {
        Assert.Equal(EvaluationFault.TooFew, Assert.Throws<EvaluationException>(() => Read("# nothing")).Fault);
        Assert.Equal(EvaluationFault.Missing, Assert.Throws<EvaluationException>(() => MomentsFile.Read(_folder["none.csv"], "")).Fault);
    }

    [Fact]
    public void What_is_doubtful_is_neither_a_moment_nor_rest()
    {
        var labels = new LabelledVideo("v", "v", 0, 60,
        [
            new(10, 11, Movement.Blink, false), new(20, 21, Movement.Blink, false), new(30, 40, Movement.Blink, true),
            new(50, 55, Movement.None, true),
        ]);
        ReadMoment[] read =
        [
            new(11.3, Movement.Blink), new(20.5, Movement.TurnLeft), new(35, Movement.Blink), new(45, Movement.Blink),
            new(45.2, Movement.Blink), new(52, Movement.TurnLeft),
        ];

        var rates = MomentRates.Of([new WatchedVideo(labels, read, 60)]);

        var blink = rates.Single(row => row.Movement is Movement.Blink);
        Assert.Equal((new ErrorRate(1, 2), 2, 43), (blink.Missed, blink.FalseAlarms, blink.RestSeconds));
        Assert.Equal(new ErrorRate(1, 43), blink.AlarmedSeconds);
        var turn = rates.Single(row => row.Movement is Movement.TurnLeft);
        Assert.Equal((new ErrorRate(0, 0), 1, 55), (turn.Missed, turn.FalseAlarms, turn.RestSeconds));
    }

    IReadOnlyList<LabelledVideo> Read(params string[] lines)
    {
        File.WriteAllLines(_folder["moments.csv"], lines);
        return MomentsFile.Read(_folder["moments.csv"], _folder["media"]);
    }

    public void Dispose() => _folder.Dispose();
}
