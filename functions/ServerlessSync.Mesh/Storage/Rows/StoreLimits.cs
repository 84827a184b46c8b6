namespace ServerlessSync.Mesh.Storage;

/// <summary>
/// The limits of the weakest store, Azure Table storage, which hold on every store so that nothing passes on one and fails on another.
/// </summary>
public static class StoreLimits
{
    /// <summary>Rows in one batch.</summary>
    public const int BatchRows = 100;

    /// <summary>
    /// Bytes in one batch as <see cref="RowBatch"/> counts them: on the wire bodies are base64, and with keys and framing stay below the
    /// 4 MiB of the service.
    /// </summary>
    public const int BatchBytes = 3 * 1024 * 1024;

    /// <summary>Bytes in one row: the service allows 1 MiB with keys and framing, and its emulator counts them in base64.</summary>
    public const int RowBytes = 750 * 1024;

    /// <summary>Characters in a partition or row key.</summary>
    public const int KeyChars = 512;

    /// <summary>Whether the text may be used as a partition or row key as it is; <see cref="KeyText"/> makes any text fit.</summary>
    public static bool IsKey(string key)
    {
        if (key.Length is 0 or > KeyChars)
        {
            return false;
        }

        foreach (var c in key)
        {
            if (c is < ' ' or (>= '\u007f' and <= '\u009f') or '/' or '\\' or '#' or '?' or '%' or '+' || char.IsSurrogate(c))
            {
                return false;
            }
        }

        return true;
    }
}
