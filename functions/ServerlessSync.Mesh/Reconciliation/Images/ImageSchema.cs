using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Which fields are compared, in the order they stand in an image.</summary>
public sealed class ImageSchema
{
    /// <summary>The field that says whether sign-in is possible: <c>true</c> or <c>false</c>.</summary>
    public const string Active = "active";

    /// <summary>The field of the sign-in name, in the form names are compared by: <see cref="SignInName.KeyOf"/>, or as it is where a target tells case apart.</summary>
    public const string UserName = AttributeNames.UserName;

    /// <summary>The field of our ownership mark.</summary>
    public const string Mark = "mark";

    /// <summary>Most fields of a schema: an image then always fits into a row of every store.</summary>
    public const int MostFields = 128;

    internal const int UserNameField = 1;

    internal const int FirstAttribute = 3;

    const int AccountKeyParts = 1;
    const int GrantKeyParts = 2;

    ImageSchema(int keyParts, IReadOnlyList<string> fields)
    {
        if (fields.Count > MostFields)
        {
            throw new ArgumentException($"At most {MostFields} fields are compared; these are {fields.Count}.", nameof(fields));
        }

        KeyParts = keyParts;
        Fields = fields;
    }

    /// <summary>Grants: all there is of one is its key, so they have no fields.</summary>
    public static ImageSchema Grants { get; } = new(GrantKeyParts, []);

    internal int KeyParts { get; }

    internal bool ExactNames { get; private init; }

    /// <summary>The fields by name, in their order.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <summary>Accounts: active, userName, mark, then the attributes in ordinal order.</summary>
    /// <param name="attributes">The attributes that are managed on the target.</param>
    /// <param name="exactNames">Whether sign-in names that differ in case alone are two names there.</param>
    /// <exception cref="ArgumentException">They are too many.</exception>
    public static ImageSchema ForAccounts(IEnumerable<string> attributes, bool exactNames = false) => new(
        AccountKeyParts,
        [Active, UserName, Mark, .. attributes.Where(name => name != UserName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)])
    {
        ExactNames = exactNames,
    };

    /// <summary>The account's key as the target issued it.</summary>
    /// <exception cref="InvalidDataException">The image is not of this schema.</exception>
    public string AccountKeyOf(Image image) => ImageFields.KeyPart(image, 0, KeyParts);

    /// <summary>The grant, written <c>kind:name</c>.</summary>
    /// <exception cref="InvalidDataException">The image is not of this schema.</exception>
    public string GrantOf(Image image) => KeyParts == GrantKeyParts
        ? ImageFields.KeyPart(image, 1, KeyParts)
        : throw new InvalidOperationException("An account is no grant.");

    /// <summary>The values in the order of <see cref="Fields"/>; null where one is absent.</summary>
    /// <exception cref="InvalidDataException">The image is not of this schema.</exception>
    public IReadOnlyList<string?> Read(Image image)
    {
        var fields = new ImageFields(image.Content);
        fields.Skip(KeyParts);
        var values = new string?[Fields.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = fields.Next();
        }

        fields.RequireEnd();
        return values;
    }

    /// <summary>What differs between two images of one key.</summary>
    /// <exception cref="InvalidDataException">An image is not of this schema.</exception>
    public IReadOnlyList<FieldDifference> Differences(Image expected, Image found)
    {
        var (wanted, held) = (Read(expected), Read(found));
        return [.. Enumerable.Range(0, wanted.Count).Where(i => wanted[i] != held[i]).Select(i => new FieldDifference(Fields[i], wanted[i], held[i]))];
    }
}
