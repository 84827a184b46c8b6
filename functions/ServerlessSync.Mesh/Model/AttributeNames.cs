namespace ServerlessSync.Mesh.Model;

/// <summary>The canonical attribute names; those of SCIM (RFC 7643, sections 4.1 and 4.3) where it has one.</summary>
public static class AttributeNames
{
    /// <summary>Sign-in name.</summary>
    public const string UserName = "userName";

    /// <summary>Department.</summary>
    public const string Department = "department";

    /// <summary>Mail address.</summary>
    public const string Mail = "mail";

    /// <summary>The manager: in the registry the manager's key in the source, on a target the manager's account key.</summary>
    public const string Manager = "manager";

    /// <summary>Every canonical name.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Department, "displayName", "employeeNumber", "environment", "familyName", "givenName", "hireDate",
        Mail, Manager, "namespace", "owner", "phone", "title", UserName,
    ];
}
