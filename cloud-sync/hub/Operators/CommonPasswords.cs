namespace EdgeFace.Hub.Operators;

/// <summary>
/// A small list of what is tried first among those that are long enough, and what anybody would try at this hub. No rule asks for
/// capital letters or signs: they make passwords that are hard to remember and easy to guess.
/// </summary>
static class CommonPasswords
{
    static readonly HashSet<string> Listed = new(
        """
        123456789012 1234567890123 12345678901234 123456789012345 1234567890123456 012345678901 0123456789012 098765432109 123123123123
        121212121212 112233445566 123412341234 111222333444 123456123456 987654321098 abcdefghijkl abcdefghijklm abcdefghijklmnop abc123abc123
        abcd1234abcd abcd12345678 1q2w3e4r5t6y 1q2w3e4r5t6y7u8i 1qaz2wsx3edc 1qaz2wsx3edc4rfv qwertyuiop12 qwertyuiop123 qwertyuiop[] qwertyuiopas
        qwertyuiopasdf qwertyuiopasdfghjkl qwerty123456 qwerty1234567 qwertyqwerty qwerty654321 asdfghjkl123 asdfghjklqwe asdfasdfasdf zaq12wsxcde3
        zxcvbnm12345 zxcvbnm,./12 passwordpassword password1234 password12345 password123456 password2023 password2024 password2025 password2026
        password!123 password@123 mypassword12 mypassword123 newpassword1 newpassword123 thispassword changeme1234 changemenow1 changethis12
        letmein12345 letmeinplease welcome12345 welcome123456 welcometothe iloveyou1234 iloveyouforever iloveyousomuch administrator
        administrator1 adminadmin12 adminadminadmin admin1234567 admin12345678 admin123admin root12345678 rootrootroot superuser123 superman1234
        football1234 baseball1234 princess1234 sunshine1234 dragon123456 monkey123456 michael12345 charlie12345 trustno1trustno1 computer1234
        internet1234 samsung12345 secret123456 mysecret1234 masterkey123 default12345 defaultpassword temporary123 temppassword test12345678
        testtesttest testing12345 guest1234567 guestguestguest user12345678 useruseruser correcthorsebatterystaple thequickbrownfox
        tobeornottobe summer202400 spring202500 autumn202500 winter202500 p@ssw0rd1234 p@ssword1234 passw0rd1234 pa55word1234 p4ssw0rd1234
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);

    /// <summary>What anybody would think of here.</summary>
    static readonly string[] OwnWords = ["edgeface", "edgefacehub", "hub", "door", "operator", "owner"];

    public static bool Has(string password, string login) =>
        Listed.Contains(password) || password.Distinct().Count() < 4 || OwnWords.Append(login).Any(word => IsBarely(password, word));

    /// <summary>The word once or more, and digits or signs around it.</summary>
    static bool IsBarely(string password, string word) => word.Length > 0
        && password.Contains(word, StringComparison.OrdinalIgnoreCase)
        && !password.Replace(word, "", StringComparison.OrdinalIgnoreCase).Any(char.IsLetter);
}
