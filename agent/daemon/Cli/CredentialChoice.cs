using System.CommandLine;
using EdgeFace.Matching;
using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary>
/// The options that give a person cards, PINs and time. A PIN never stands on the command line, which every user of the
/// machine can read: it is typed, comes through a pipe, or from a file.
/// </summary>
sealed class CredentialChoice
{
    const int FileMax = 100;

    readonly Option<string[]> _cards = new("--card")
    {
        Description = "Number of a card, as the reader gives it; may be repeated. These instead of the former ones.",
        HelpName = "NUMBER",
    };
    readonly Option<bool> _noCards = new("--no-cards") { Description = "The person has no card any more." };
    readonly Option<bool> _pin = new("--pin") { Description = "Asks for a PIN of 4 to 12 digits, or reads it from a pipe." };
    readonly Option<string?> _pinFile = FileOption("--pin-file", "Takes the PIN from the first line of a file.");
    readonly Option<bool> _duress = new("--duress-pin")
    {
        Description = "The same for the PIN that a person gives who is forced: the door opens, and an alarm is raised in silence.",
    };
    readonly Option<string?> _duressFile = FileOption("--duress-pin-file", "Takes that PIN from the first line of a file.");
    readonly Option<bool> _noPin = new("--no-pin") { Description = "The person has no PIN any more, nor one for duress." };
    readonly Option<bool?> _extended = new("--extended")
    {
        Description = "The door stays open longer for this person; false ends it.",
        HelpName = "true|false",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public CredentialChoice(Command command)
    {
        _cards.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => !CardHash.TryNormalise(token.Value, out _)))
                result.AddError("--card takes a number of 1 to 64 digits and letters; spaces, ':' and '-' do not count.");
        });
        foreach (var option in (Option[])[_cards, _noCards, _pin, _pinFile, _duress, _duressFile, _noPin, _extended])
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            bool Given(Option option) => result.GetResult(option) is { Implicit: false };
            if (Given(_cards) && Given(_noCards)) result.AddError("--card or --no-cards, not both.");
            if (Given(_pin) && Given(_pinFile)) result.AddError("--pin or --pin-file, not both.");
            if (Given(_duress) && Given(_duressFile)) result.AddError("--duress-pin or --duress-pin-file, not both.");
            if (Given(_noPin) && (Given(_pin) || Given(_pinFile) || Given(_duress) || Given(_duressFile)))
                result.AddError("--no-pin goes with no other PIN.");
        });
    }

    /// <summary>What is to be changed, with all that had to be asked for.</summary>
    /// <exception cref="ArgumentException">No PIN came, or a card is somebody else's.</exception>
    /// <exception cref="IOException">A file of a PIN cannot be read.</exception>
    public Func<Subject, Subject> Read(ParseResult parse, SubjectStore store, SubjectId id)
    {
        var error = parse.InvocationConfiguration.Error;
        var cards = parse.GetValue(_noCards) ? [] : parse.GetValue(_cards) is { Length: > 0 } numbers
            ? Cards(numbers, store, id) : null;
        var pin = PinOf("PIN: ", parse.GetValue(_pin), parse.GetValue(_pinFile), error);
        var duress = PinOf("PIN for duress: ", parse.GetValue(_duress), parse.GetValue(_duressFile), error);
        var (noPin, isSaid) = (parse.GetValue(_noPin), parse.GetResult(_extended) is { Implicit: false });
        var extended = parse.GetValue(_extended) ?? true;
        return subject => subject with
        {
            Cards = cards ?? subject.Cards,
            Pin = noPin ? null : Changed(subject.Pin, pin, duress),
            ExtendedTime = isSaid ? extended : subject.ExtendedTime,
        };
    }

    static PinHash? Changed(PinHash? kept, string? pin, string? duress)
    {
        // Both at once are held against each other, not against what they replace.
        var changed = pin is null ? kept
            : kept is null || duress is not null ? PinHash.Of(pin)
            : kept.WithPin(pin);
        if (duress is null) return changed;

        return changed?.WithDuress(duress)
            ?? throw new ArgumentException("A PIN for duress stands beside a PIN; set that, too: --pin.");
    }

    static CardHash[] Cards(string[] numbers, SubjectStore store, SubjectId id)
    {
        var others = new CardBook(store.Subjects().Where(subject => subject.Id != id));
        var key = CardBook.KeyOf(store.Database.Key);
        var cards = new List<CardHash>();
        foreach (var text in numbers)
        {
            if (others.Find(text) is { } owner)
                throw new ArgumentException($"A card is that of subject {owner} already. Take it from there first, with --no-cards.");
            if (CardHash.TryNormalise(text, out var number)) cards.Add(CardHash.Of(number, key));
        }

        return [.. cards.DistinctBy(card => Convert.ToHexString(card.Hash))];
    }

    static string? PinOf(string prompt, bool isAsked, string? file, TextWriter error)
    {
        if (file is not null) return FirstLine(file);
        if (!isAsked) return null;

        var typed = HiddenLine.Read(prompt, error) ?? throw new ArgumentException("No PIN came through the pipe.");
        if (Console.IsInputRedirected || HiddenLine.Read("Once more: ", error) == typed) return typed.Trim();

        throw new ArgumentException("The two differ.");
    }

    static string FirstLine(string file)
    {
        using var reader = new StreamReader(file);
        var letters = new char[FileMax];
        var length = reader.ReadBlock(letters);
        return new string(letters, 0, length).Split('\n')[0].Trim();
    }

    static Option<string?> FileOption(string name, string description) =>
        new(name) { Description = description, HelpName = "FILE" };
}
