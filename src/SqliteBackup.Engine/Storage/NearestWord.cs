namespace SqliteBackup.Storage;

/// <summary>The word that somebody meant who mistyped it.</summary>
public static class NearestWord
{
    /// <summary>Finds the known word that is nearest, whatever its case.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="known">The right words.</param>
    /// <returns>Null where half of its letters or more would have to be others.</returns>
    public static string? Find(string word, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(word);
        string lower = word.ToLowerInvariant();
        return known
            .Select(candidate => (Word: candidate, Distance: Distance(lower, candidate.ToLowerInvariant())))
            .Where(candidate => candidate.Distance <= candidate.Word.Length / 2)
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Word)
            .FirstOrDefault();
    }

    /// <summary>How many letters must be put in, left out or changed to make one word of the other.</summary>
    private static int Distance(string one, string other)
    {
        int[] previous = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int[] current = new int[other.Length + 1];
            current[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int change = previous[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                current[j] = Math.Min(change, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[^1];
    }
}
