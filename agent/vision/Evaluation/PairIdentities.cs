namespace EdgeFace.Evaluation;

/// <summary>
/// Whom the pictures of a list of pairs show, which comparing every picture with every other one needs and a list of
/// pairs does not say.
/// </summary>
public static class PairIdentities
{
    /// <summary>
    /// A number per picture, equal for one person: by the name of the folder that it lies in (NAME/file), as in Labeled
    /// Faces in the Wild. Taken only when every pair of the list agrees with it: those of one person are in folders
    /// of one name, those of two people are not.
    /// </summary>
    /// <param name="pairs">The list.</param>
    /// <param name="files">Pictures of it.</param>
    /// <returns>In the order of the pictures; null when a pair disagrees: only the pairs are known then.</returns>
    public static int[]? ByFolder(IEnumerable<FacePair> pairs, IEnumerable<string> files)
    {
        if (pairs.Any(pair => string.Equals(Folder(pair.A), Folder(pair.B), StringComparison.Ordinal) != pair.Same))
            return null;

        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. files.Select(file => Number(Folder(file)))];

        int Number(string name)
        {
            numbers.TryAdd(name, numbers.Count);
            return numbers[name];
        }
    }

    static string Folder(string file) => Path.GetFileName(Path.GetDirectoryName(file)) ?? "";
}
