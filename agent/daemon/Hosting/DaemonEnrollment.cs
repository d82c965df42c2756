using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EdgeFace.Documents;
using EdgeFace.Journal;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Subjects;
using EdgeFace.Wire;

namespace EdgeFace.Hosting;

/// <summary>Enrolment at a door, and the events as they come: the answers that take a while.</summary>
sealed partial class DaemonControl
{
    /// <summary>Words that nobody has read yet; of more, the oldest are of no use any more.</summary>
    const int WordsWaiting = 16;

    const int EventsAtFirst = 20;

    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    async IAsyncEnumerable<ControlReply> EnrollAsync(ControlCall call, [EnumeratorCancellation] CancellationToken stop)
    {
        if (daemon.Find(call.Door) is not { } post)
        {
            yield return NoSuchDoor(call);
            yield break;
        }

        if (!SubjectName.TryNormalise(call.Request.Name ?? "", out var name, out var fault))
        {
            yield return ControlReply.Refuse(fault);
            yield break;
        }

        var words = Channel.CreateBounded<string>(
            new BoundedChannelOptions(WordsWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        IReadOnlyList<EnrollmentSample> samples = [];
        var guided = new GuidedEnrollment(word => words.Writer.TryWrite(word), daemon.Time);
        var begun = await AtWatchAsync(post, () => post.Watch.TryBegin(guided, taken =>
        {
            samples = taken;
            words.Writer.TryComplete();
        }), stop);
        if (!begun)
        {
            yield return ControlReply.No($"At {post.Name} somebody else is being enrolled: wait until that is over.");
            yield break;
        }

        try
        {
            await foreach (var word in words.Reader.ReadAllAsync(stop)) yield return ControlReply.Along(word);
        }
        finally
        {
            // Whoever asked may have gone: the door must not wait for a face that nobody enrols any more.
            post.Watch.TrySend(() => post.Watch.End(guided));
        }

        yield return Enroll(name, call.Request.Person ?? new EnrollRequest(), samples);
    }

    ControlReply Enroll(string name, EnrollRequest person, IReadOnlyList<EnrollmentSample> samples)
    {
        if (samples.Count == 0)
            return ControlReply.With(new EnrollReport("refused", null, 0, 0), ControlJson.Lines.EnrollReport) with { Exit = ControlExit.No };

        var embedder = daemon.Posts[0].Recognizer.Embedder.Model.Card;
        var similarity = daemon.Gallery.Threshold.Similarity;
        Consent? consent = person.Consent is { } text ? new Consent(daemon.Time.GetUtcNow(), text) : null;
        var outcome = new Enroller(daemon.Store, daemon.Time).Enroll(
            new Enrollment(name, consent, samples, person.Groups, person.ValidFrom, person.ValidUntil),
            similarity, person.Force, SamePerson.SimilarityMin(embedder, similarity));
        var result = Words.Snake(outcome.Result);
        var report = new EnrollReport(
            result, outcome.Subject == default ? null : outcome.Subject.ToString(), samples.Count, outcome.Templates,
            outcome.Result is EnrollResult.Enrolled ? null : outcome.Similarity, Warning(outcome.Subject));
        return ControlReply.With(report, ControlJson.Lines.EnrollReport) with
        {
            Exit = outcome.Result is EnrollResult.Enrolled ? ControlExit.Ok : ControlExit.No,
        };
    }

    /// <summary>Who is enrolled and has no place in the search stands before a shut door: it is said here, where somebody can do something about it.</summary>
    string? Warning(SubjectId subject)
    {
        daemon.LookAtGallery();
        return daemon.Gallery.People.LeftOut.Contains(subject) ? daemon.Gallery.TooLarge : null;
    }

    /// <summary>Reads the journal as its owner could, for those who may not have the file.</summary>
    async IAsyncEnumerable<ControlReply> EventsAsync(ControlCall call, [EnumeratorCancellation] CancellationToken stop)
    {
        var reader = daemon.Journal.Read();
        var query = new EventQuery(call.Request.After ?? 0, Door: call.Door, Last: call.Request.After is null ? EventsAtFirst : 0);
        while (true)
        {
            foreach (var entry in reader.Events(query))
            {
                query = query with { After = entry.Id.Seq };
                yield return ControlReply.Along(EventLine.Of(entry), JournalJson.Lines.EventLine);
            }

            if (call.Request.Follow != true) yield break;

            query = query with { Last = 0 };
            await Task.Delay(BetweenLooks, daemon.Time, stop);
        }
    }
}
