using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using ServerlessSync.Mesh.Configuration;

namespace ServerlessSync.Web.Access;

/// <summary>The keys of the API, kept as SHA-256 alone. A key whose secret is absent or empty opens nothing.</summary>
public sealed class ApiKeyring
{
    const string Scheme = "Bearer ";
    const int MaxKeyChars = 1024;

    readonly (byte[] Hash, ApiCaller Caller)[] _keys;

    /// <summary>Resolves every key once.</summary>
    /// <param name="keys">The keys as configured.</param>
    /// <param name="secrets">Resolves a key; null when there is none.</param>
    public ApiKeyring(IReadOnlyList<ApiKeyConfiguration> keys, Func<SecretReference, string?> secrets) => _keys =
    [
        .. from key in keys
           let secret = secrets(key.Key)
           where !string.IsNullOrWhiteSpace(secret)
           select (SHA256.HashData(Encoding.UTF8.GetBytes(secret)), new ApiCaller(key.Name, key.Roles.ToFrozenSet())),
    ];

    /// <summary>Whether no key opens the API: then there is no API.</summary>
    public bool IsEmpty => _keys.Length == 0;

    /// <summary>Who holds the key of an Authorization header, or null. Takes the same time whichever key fits, or none.</summary>
    /// <param name="authorization">The header's only value.</param>
    public ApiCaller? Find(string? authorization)
    {
        if (authorization is null
            || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || authorization.Length > Scheme.Length + MaxKeyChars)
        {
            return null;
        }

        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()), given);
        ApiCaller? caller = null;
        foreach (var (hash, holder) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, given))
            {
                caller ??= holder;
            }
        }

        return caller;
    }
}
