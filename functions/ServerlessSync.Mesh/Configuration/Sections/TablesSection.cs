using ServerlessSync.Mesh.Configuration.Reading;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>tables</c>: look-up tables for templates.</summary>
static class TablesSection
{
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Read(Node? node, Reader read)
    {
        var tables = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        foreach (var (name, table) in node is null ? [] : read.Entries(node, "a mapping of table names to tables"))
        {
            Names.Check(name, table, read);
            var rows = new Dictionary<string, string>();
            foreach (var (key, value) in read.Entries(table, "a mapping of keys to values"))
            {
                rows[key] = read.Text(value, "a value") ?? "";
            }

            tables[name] = rows;
        }

        return tables;
    }
}
