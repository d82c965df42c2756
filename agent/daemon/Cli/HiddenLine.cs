using System.Text;

namespace EdgeFace.Cli;

/// <summary>A line that is not shown while it is typed.</summary>
static class HiddenLine
{
    /// <summary>Typed at a terminal after a prompt, or the next line of what comes through a pipe; null at its end.</summary>
    public static string? Read(string prompt, TextWriter error) =>
        Console.IsInputRedirected ? Console.In.ReadLine() : Type(prompt, error);

    /// <summary>At a terminal.</summary>
    public static string Type(string prompt, TextWriter error)
    {
        error.Write(prompt);
        var typed = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true);
            key.Key is not ConsoleKey.Enter;
            key = Console.ReadKey(intercept: true))
        {
            if (key.Key is ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }

        error.WriteLine();
        return typed.ToString();
    }
}
