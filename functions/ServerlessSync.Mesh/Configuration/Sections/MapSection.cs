using ServerlessSync.Mesh.Configuration.Reading;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads the <c>map</c> of a source and single templates.</summary>
static class MapSection
{
    const string AnchorKey = "anchor";

    static readonly Template Placeholder = Template.Parse("id");

    public static (Template Anchor, IReadOnlyDictionary<string, Template> Attributes) Read(
        Node? node, IdentityKind identity, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> tables, Reader read)
    {
        var section = read.Open(node, [AnchorKey, .. AttributeNames.All]);
        var anchor = ReadTemplate(section.Require(AnchorKey, "where the subject's immutable key comes from"), tables, read);
        if (identity == IdentityKind.Person)
        {
            section.Require(AttributeNames.UserName, "a person needs a sign-in name");
        }

        var attributes = new Dictionary<string, Template>();
        foreach (var name in AttributeNames.All)
        {
            if (section.Optional(name) is { } value)
            {
                attributes[name] = ReadTemplate(value, tables, read) ?? Placeholder;
            }
        }

        return (anchor ?? Placeholder, attributes);
    }

    public static Template? ReadTemplate(Node? node, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> tables, Reader read)
    {
        if (read.Text(node, "a path or a template") is not { } text)
        {
            return null;
        }

        try
        {
            return Template.Parse(text, tables);
        }
        catch (FormatException e)
        {
            read.Fault(node!, e.Message);
            return null;
        }
    }
}
