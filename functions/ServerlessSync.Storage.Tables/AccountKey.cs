using System.Security.Cryptography;

namespace ServerlessSync.Storage.Tables;

/// <summary>The name and shared key of an account. The key never shows in text.</summary>
sealed class AccountKey(string account, byte[] key)
{
    public string Account { get; } = account;

    /// <summary>HMAC-SHA256 in base64.</summary>
    public string Sign(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, text, hash);
        return Convert.ToBase64String(hash);
    }
}
