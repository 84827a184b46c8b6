using System.Security.Cryptography;
using System.Text;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Authority;

/// <summary>How identities get their ids.</summary>
public static class IdentityIds
{
    /// <summary>
    /// The id of an identity first known by this anchor: 96 bits of the anchor's SHA-256 as 24 hex digits. Made, not drawn: all who meet
    /// the same unknown subject at once make the same identity.
    /// </summary>
    public static string From(Anchor first) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{first.Source}\n{first.Value}")).AsSpan(0, 12));
}
