using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Reads the fields of an image. A field begins with a number of one or two bytes: 0 it is absent, 1 only its beginning and its digest stand here,
/// from 2 on its bytes and two.
/// </summary>
ref struct ImageFields(ReadOnlySpan<byte> content)
{
    /// <summary>Separates the parts of a key; no encoded text holds it, and it sorts before all of them.</summary>
    public const byte KeySeparator = 1;

    public const int Absent = 0;

    public const int Digest = 1;

    public const int Whole = 2;

    /// <summary>Most bytes a value may have to stand here whole.</summary>
    public const int WholeBytes = 4096;

    /// <summary>Most characters of a longer value that stand here beside its digest.</summary>
    public const int HeadChars = 256;

    ReadOnlySpan<byte> _rest = content;

    /// <summary>A part of the key as it was before it was made one.</summary>
    public static string KeyPart(Image image, int part, int parts)
    {
        var fields = new ImageFields(image.Content);
        fields.Skip(part);
        if (fields.Next() is { } raw)
        {
            return raw;
        }

        var encoded = image.Key;
        var separator = encoded.IndexOf(KeySeparator);
        if (parts > 1)
        {
            encoded = separator < 0 ? throw Foreign() : part == 0 ? encoded[..separator] : encoded[(separator + 1)..];
        }

        return KeyText.Decode(Encoding.ASCII.GetString(encoded)) ?? throw Foreign();
    }

    public void Skip(int fields)
    {
        for (var i = 0; i < fields; i++)
        {
            Take(out _);
        }
    }

    public string? Next()
    {
        var bytes = Take(out var form);
        return form switch
        {
            Absent => null,
            Digest => Describe(bytes),
            _ => Encoding.UTF8.GetString(bytes),
        };
    }

    public readonly void RequireEnd()
    {
        if (!_rest.IsEmpty)
        {
            throw Foreign();
        }
    }

    static InvalidDataException Foreign() => new("An image has other fields than its schema.");

    static string Describe(ReadOnlySpan<byte> bytes)
    {
        const int tail = sizeof(int) + SHA256.HashSizeInBytes;
        var chars = BinaryPrimitives.ReadInt32LittleEndian(bytes[^tail..]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Encoding.UTF8.GetString(bytes[..^tail])}... ({chars} characters, SHA-256 {Base64Url.EncodeToString(bytes[^SHA256.HashSizeInBytes..])})");
    }

    ReadOnlySpan<byte> Take(out int form)
    {
        form = TakeNumber();
        var length = form switch
        {
            Absent => 0,
            Digest => TakeNumber() + sizeof(int) + SHA256.HashSizeInBytes,
            _ => form - Whole,
        };
        if (length > _rest.Length)
        {
            throw Foreign();
        }

        var bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }

    int TakeNumber()
    {
        if (_rest.IsEmpty || (_rest[0] >= 0x80 && _rest.Length < 2))
        {
            throw Foreign();
        }

        var low = _rest[0];
        var number = low < 0x80 ? low : (low & 0x7f) | (_rest[1] << 7);
        _rest = _rest[(low < 0x80 ? 1 : 2)..];
        return number;
    }
}
