using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>
/// Whom the hubs of all histories know: a dozen people, each as he was at three times. Every third of them fills a third of a
/// chunk, so that some pushes come in one piece and others in several.
/// </summary>
static class HistoryPeople
{
    public const int Count = 12, Forms = 3;
    public const string Model = "model-a@0123456789ab";

    static readonly DateTimeOffset Enrolled = new(2026, 5, 1, 8, 0, 0, TimeSpan.Zero);
    static readonly PersonRecord[] All = [.. Enumerable.Range(0, Count * Forms).Select(Make)];

    /// <param name="who">0 to <see cref="Count"/> - 1.</param>
    /// <param name="form">0 to <see cref="Forms"/> - 1.</param>
    public static PersonRecord Of(int who, int form) => All[who * Forms + form];

    static PersonRecord Make(int number)
    {
        var (who, form) = (number / Forms, number % Forms);
        var random = new Random(number);
        var values = who % 3 == 0 ? PushedTemplate.ValuesMax : 16;
        var numbers = new byte[values * sizeof(float)];
        for (var i = 0; i < values; i++)
            BitConverter.TryWriteBytes(numbers.AsSpan(i * sizeof(float)), random.NextSingle() - 0.5f);
        return PersonRecord.Of(
            new PushedPerson($"{who + 1:x32}", $"Person {who} {form}", ["staff"], Enrolled,
                [new PushedTemplate($"{number + 1:x32}", Model, 0.9f, Enrolled, values)],
                new PushedConsent(Enrolled, "notice 1")),
            numbers);
    }
}
