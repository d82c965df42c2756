using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeFace.Hosting;

/// <summary>Who may what: root and the daemon's own user all, two Unix groups some of it, others nothing.</summary>
/// <param name="OwnUser">Whoever the daemon runs as.</param>
/// <param name="Operators">Id of the operators' group; null: there is no such group.</param>
/// <param name="Viewers">Id of the viewers' group; null: there is no such group.</param>
sealed record ControlRoles(uint OwnUser, uint? Operators, uint? Viewers)
{
    const uint Root = 0;

    /// <summary>As the machine has them now.</summary>
    /// <param name="options">Names the groups.</param>
    /// <param name="groups">Lines of the form name:password:id:members, as in /etc/group.</param>
    public static ControlRoles Of(ControlOptions options, string groups = "/etc/group") =>
        new(EffectiveUser(), IdOf(options.OperatorGroup, groups), IdOf(options.ViewerGroup, groups));

    public ControlRole Of(uint user, ReadOnlySpan<uint> groups)
    {
        if (user == Root || user == OwnUser) return ControlRole.Owner;
        if (Operators is { } operators && groups.Contains(operators)) return ControlRole.Operator;
        return Viewers is { } viewers && groups.Contains(viewers) ? ControlRole.Viewer : ControlRole.None;
    }

    static uint? IdOf(string group, string file)
    {
        if (!File.Exists(file)) return null;

        return File.ReadLines(file).Select(line => line.Split(':'))
            .Where(parts => parts.Length >= 3 && parts[0] == group)
            .Select(parts => uint.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : (uint?)null)
            .FirstOrDefault();
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern uint EffectiveUser();
}
