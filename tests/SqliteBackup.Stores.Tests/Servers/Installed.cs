namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>Where a program is missing, a test skips and names the package.</summary>
internal static class Installed
{
    public static T OrSkip<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (MissingProgramException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }
}
