using System.Reflection;
using System.Xml.Linq;

namespace SqliteBackup.HelpBuilder;

internal static class Program
{
    /// <summary>Takes the module's assembly, the folder of the pages and the file to write.</summary>
    private static int Main(string[] arguments)
    {
        if (arguments is not [string assembly, string folder, string target])
        {
            Console.Error.WriteLine("usage: HelpBuilder <assembly> <folder of pages> <file to write>");
            return 2;
        }

        try
        {
            XDocument help = MamlWriter.Write(Join(Assembly.LoadFrom(Path.GetFullPath(assembly)), Path.GetFullPath(folder)));
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
            help.Save(target);
            return 0;
        }
        catch (HelpException exception)
        {
            Console.Error.WriteLine(exception.Report);
            return 1;
        }
    }

    private static List<CmdletHelp> Join(Assembly assembly, string folder)
    {
        CmdletModel[] cmdlets = [.. CmdletReader.Read(assembly).OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal)];
        foreach (string page in Directory.EnumerateFiles(folder, "*.md").Where(page => cmdlets.All(cmdlet => PageOf(cmdlet) != page)))
        {
            throw new HelpException(page, 1, "There is no cmdlet of this name.");
        }

        // Before any page is read: others may link to the one that is missing.
        if (Array.Find(cmdlets, cmdlet => !File.Exists(PageOf(cmdlet))) is CmdletModel missing)
        {
            throw new HelpException(PageOf(missing), 1, $"{missing.Name} has no page.");
        }

        Dictionary<string, Type> types = NamedTypes(assembly, cmdlets);
        IReadOnlyList<HelpEntry> shared = PageReader.ReadShared(Path.Combine(folder, "shared", "parameters.md"));
        return [.. cmdlets.Select(cmdlet => new CmdletHelp(cmdlet, PageReader.Read(PageOf(cmdlet)), types, shared))];

        string PageOf(CmdletModel cmdlet) => Path.Combine(folder, cmdlet.Name + ".md");
    }

    // The module's own: what cmdlets put out, and the public types of the assemblies that are called like it.
    private static Dictionary<string, Type> NamedTypes(Assembly assembly, IEnumerable<CmdletModel> cmdlets) =>
        assembly.GetReferencedAssemblies()
            .Where(name => name.Name!.StartsWith("SqliteBackup", StringComparison.Ordinal))
            .Select(Assembly.Load)
            .Append(assembly)
            .SelectMany(part => part.GetExportedTypes())
            .Concat(cmdlets.SelectMany(cmdlet => cmdlet.Outputs))
            .DistinctBy(type => type.Name)
            .ToDictionary(type => type.Name);
}
