using System.Security.Cryptography;
using System.Text;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.Operators;

/// <summary>
/// How the first owner comes to be: whoever can read a file of the hub has a code, and makes himself one with it. There is no
/// password that all hubs have.
/// </summary>
sealed class SetupDesk(HubFolder folder, OperatorAccounts accounts)
{
    /// <summary>The code, made where there is none yet; null: there is an operator already, and no code any more.</summary>
    public async Task<string?> CodeAsync(CancellationToken stop)
    {
        if (await accounts.AnyAsync(stop))
        {
            File.Delete(folder.SetupCode);
            return null;
        }

        AtomicFile.WriteIfAbsent(folder.SetupCode, Encoding.ASCII.GetBytes(Secret.New() + "\n"));
        return (await File.ReadAllTextAsync(folder.SetupCode, stop)).Trim();
    }

    /// <returns>The owner's number, or why not.</returns>
    public async Task<(long Id, string? Fault)> CreateOwnerAsync(string code, string login, string password, CancellationToken stop)
    {
        if (await CodeAsync(stop) is not { } right) return (0, "This hub is set up already: sign in.");
        if (!CryptographicOperations.FixedTimeEquals(Secret.Hash(right), Secret.Hash(code.Trim())))
            return (0, $"That is not the code of this hub. It stands in {Path.GetFileName(folder.SetupCode)} in the hub's data folder, and in what the program printed at its start.");

        var (id, fault) = await accounts.CreateFirstAsync(login, password, stop);
        if (fault is null) File.Delete(folder.SetupCode);
        return (id, fault);
    }
}
