namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>A server with a store in it.</summary>
public interface IStoreServer
{
    /// <summary>Opens an empty place in it.</summary>
    /// <param name="place">A name of its own for the place.</param>
    /// <param name="settings">How, or null for few tries and short waits.</param>
    /// <param name="port">The port of a proxy in front of it, or null for its own.</param>
    IBackupStore Open(string place, StoreSettings? settings = null, int? port = null);

    /// <summary>Puts many small files into a place, in the fastest way that there is.</summary>
    void Fill(string place, int count);
}

/// <summary>Settings under which a test of what fails does not take long.</summary>
internal static class QuickSettings
{
    public static StoreSettings Value { get; } = new() { MaxRetries = 2, RetryDelay = TimeSpan.FromMilliseconds(20), Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>With options.</summary>
    public static StoreSettings With(StoreScheme scheme, StoreSettings? settings, params (string Name, object Value)[] options)
    {
        var table = new System.Collections.Hashtable();
        foreach ((string name, object value) in options)
        {
            table[name] = value;
        }

        return (settings ?? Value) with { Options = StoreOptions.Parse(scheme, table) };
    }
}
