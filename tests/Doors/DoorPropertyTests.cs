using EdgeFace.Doors;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EdgeFace.Tests.Doors;

/// <summary>
/// Random lives of doors against a model that was written apart. A failure prints the story of the shortest life that fails and the
/// replay to put into <see cref="Lives"/>.
/// </summary>
public sealed class DoorPropertyTests
{
    static readonly Arbitrary<int[]> Numbers = Arb.From(
        Gen.Choose(0, 1 << 16).ArrayOf(), ArrayShrinker);

    [Fact]
    public void A_door_is_unlocked_when_and_only_when_a_reason_lives_and_tells_all_it_does() => Lives(100_000, faults: false);

    [Fact]
    public void A_door_whose_wires_fail_at_random_is_never_unlocked_without_a_reason() => Lives(20_000, faults: true);

    [Fact]
    public void Wires_that_are_found_cut_while_a_door_obeys_blind_it_as_those_that_are_found_in_a_look() =>
        Assert.Null(Live([37989, 39645, 51417, 8001, 33983, 52798, 48895, 15842, 36171], faults: true, tell: true));

    [Fact]
    public void Doors_of_an_interlock_are_never_unlocked_together() => Check(20_000, numbers =>
    {
        using var run = new InterlockRun();
        foreach (var number in numbers.AsSpan(0, Math.Min(numbers.Length, 60))) run.Play(number);
        return run.Fault;
    });

    [Fact]
    public void The_model_notices_a_door_that_is_told_nothing_of_what_happens()
    {
        // A model that agrees with everything would prove nothing: here it is told of a grant that the door never had.
        var model = new DoorModel(new DoorOptions());
        model.Polled(default, 0);
        Assert.False(model.Unlocked(0));
        model.Granted(extended: false, 0);
        Assert.True(model.Unlocked(4999));
        Assert.False(model.Unlocked(5000));
        model.Polled(default, 6000);
        model.Polled(new DoorInputs(ContactOpen: true), 10_000);
        model.Polled(new DoorInputs(ContactOpen: true), 10_020);
        Assert.True(model.Forced);
    }

    static void Lives(int count, bool faults) => Check(count, numbers => Live(numbers, faults, tell: false) is null
        ? null : Live(numbers, faults, tell: true));

    static string? Live(int[] numbers, bool faults, bool tell)
    {
        if (numbers.Length == 0) return null;

        using var run = new DoorRun(numbers[0], faults, tell);
        foreach (var number in numbers.AsSpan(1)) run.Play(number);
        run.MustLockInTheEnd();
        return run.Fault is { } fault ? $"{fault}\n{run.Story}" : null;
    }

    static void Check(int count, Func<int[], string?> fault) =>
        Prop.ForAll(Numbers, numbers => fault(numbers) is { } said ? false.Label(said) : true.ToProperty())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithStartSize(1).WithEndSize(60));

    /// <summary>A life without one of its steps, or with half of them.</summary>
    static IEnumerable<int[]> ArrayShrinker(int[] numbers)
    {
        for (var part = numbers.Length / 2; part >= 1; part /= 2)
        {
            for (var from = 1; from + part <= numbers.Length; from += part)
                yield return [.. numbers[..from], .. numbers[(from + part)..]];
        }
    }
}
