using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Writes images of one schema, one after the other into the same buffer. Not for several threads.</summary>
/// <param name="schema">The fields, in their order.</param>
public sealed class ImageWriter(ImageSchema schema)
{
    // What an encoded text may consist of unchanged; the rule itself is KeyText's.
    static readonly SearchValues<byte> Plain = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-.@ "u8);

    byte[] _buffer = new byte[16 * 1024];
    int _keyLength;
    int _end;
    int _field;

    /// <summary>The image of an account as the target holds it.</summary>
    /// <exception cref="ArgumentException">Its key is longer than a key can be.</exception>
    public Image Write(TargetAccount account) => WriteAccount(account.Key, account.UserName, account.Active, account.OwnerMark, account.Attributes);

    /// <summary>The image of an account as the record wants it.</summary>
    /// <exception cref="ArgumentException">Its key is longer than a key can be.</exception>
    public Image Write(ExpectedAccount account) => WriteAccount(account.Key, account.UserName, account.Active, account.OwnerMark, account.Attributes);

    /// <summary>The image of a grant; the schema is <see cref="ImageSchema.Grants"/>.</summary>
    /// <exception cref="ArgumentException">Key or grant is longer than a key can be.</exception>
    public Image WriteGrant(string accountKey, string grant)
    {
        RequireParts(2);
        var account = KeyText.Encode(accountKey);
        var right = KeyText.Encode(grant);
        _keyLength = 0;
        AppendKey(account);
        _buffer[_keyLength++] = ImageFields.KeySeparator;
        AppendKey(right);
        _end = _keyLength;
        KeepRaw(accountKey, account);
        KeepRaw(grant, right);
        _field = 0;
        return End();
    }

    /// <summary>Begins the image of an account whose key is given as UTF-8; its fields follow in the order of the schema.</summary>
    /// <exception cref="ArgumentException">The key is longer than a key can be.</exception>
    public void Begin(ReadOnlySpan<byte> key)
    {
        RequireParts(1);
        if (key.Length is 0 or > KeyText.LongestPlain || key.ContainsAnyExcept(Plain))
        {
            Begin(Encoding.UTF8.GetString(key));
            return;
        }

        key.CopyTo(_buffer);
        _keyLength = key.Length;
        _buffer[_keyLength] = ImageFields.Absent;
        _end = _keyLength + 1;
        _field = 0;
    }

    /// <summary>Writes the next field from UTF-8; what is not well-formed counts as replacement characters.</summary>
    public void Field(ReadOnlySpan<byte> value)
    {
        var isName = _field == ImageSchema.UserNameField && !schema.ExactNames;
        if (value.Length > ImageFields.WholeBytes || !(isName ? Ascii.IsValid(value) : Utf8.IsValid(value)))
        {
            var text = Encoding.UTF8.GetString(value);
            Text(isName ? SignInName.KeyOf(text) : text);
        }
        else
        {
            var room = Room(value.Length);
            value.CopyTo(room);
            if (isName)
            {
                Ascii.ToLowerInPlace(room, out _);
            }
        }

        _field++;
    }

    /// <summary>Writes the next field as absent.</summary>
    public void NoField()
    {
        Reserve(1);
        Number(ImageFields.Absent);
        _field++;
    }

    /// <summary>Ends the image, which is valid until the next one is begun.</summary>
    /// <exception cref="InvalidOperationException">Fields are missing, or there are too many.</exception>
    public Image End() => _field == schema.Fields.Count
        ? new Image(_buffer.AsSpan(0, _keyLength), _buffer.AsSpan(_keyLength, _end - _keyLength))
        : throw new InvalidOperationException($"An image has {schema.Fields.Count} fields; this one was given {_field}.");

    Image WriteAccount(string key, string userName, bool active, string? mark, IReadOnlyDictionary<string, string> attributes)
    {
        RequireParts(1);
        Begin(key);
        Text(active ? "true" : "false");
        Name(userName);
        TextOrAbsent(mark);
        for (var i = ImageSchema.FirstAttribute; i < schema.Fields.Count; i++)
        {
            TextOrAbsent(attributes.GetValueOrDefault(schema.Fields[i]));
        }

        _field = schema.Fields.Count;
        return End();
    }

    void Begin(string key)
    {
        var encoded = KeyText.Encode(key);
        _keyLength = 0;
        AppendKey(encoded);
        _end = _keyLength;
        KeepRaw(key, encoded);
        _field = 0;
    }

    void RequireParts(int parts)
    {
        if (schema.KeyParts != parts)
        {
            throw new InvalidOperationException("An image of a grant and one of an account have different schemas.");
        }
    }

    void AppendKey(string encoded) => _keyLength += Encoding.ASCII.GetBytes(encoded, _buffer.AsSpan(_keyLength));

    // A shortened key cannot be turned back, so the text itself stands beside it.
    void KeepRaw(string text, string encoded)
    {
        if (Encoding.UTF8.GetByteCount(text) > ImageFields.WholeBytes)
        {
            throw new ArgumentException($"A key has at most {ImageFields.WholeBytes} bytes; this one has more: {text.AsSpan(0, 60)}...", nameof(text));
        }

        TextOrAbsent(KeyText.Decode(encoded) is null ? text : null);
    }

    // ASCII, which nearly every name is, needs no text of its own to be compared by.
    void Name(string value)
    {
        if (schema.ExactNames)
        {
            Text(value);
        }
        else if (value.Length <= ImageFields.WholeBytes && Ascii.IsValid(value))
        {
            Ascii.ToLower(value, Room(value.Length), out _);
        }
        else
        {
            Text(SignInName.KeyOf(value));
        }
    }

    // Room for a value that stands whole.
    Span<byte> Room(int length)
    {
        Reserve(length + 2);
        Number(length + ImageFields.Whole);
        _end += length;
        return _buffer.AsSpan(_end - length, length);
    }

    void TextOrAbsent(string? value)
    {
        if (value is null)
        {
            Reserve(1);
            Number(ImageFields.Absent);
        }
        else
        {
            Text(value);
        }
    }

    void Text(string value)
    {
        Reserve(Math.Min(value.Length * 3, ImageFields.WholeBytes) + 2);
        // One byte for the length is the common case; the text is moved when it takes two.
        var room = _buffer.AsSpan(_end + 1, Math.Min(_buffer.Length - _end - 2, ImageFields.WholeBytes));
        if (Utf8.FromUtf16(value, room, out _, out var length, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            WriteDigest(value);
            return;
        }

        if (length + ImageFields.Whole >= 0x80)
        {
            room[..length].CopyTo(_buffer.AsSpan(_end + 2));
        }

        Number(length + ImageFields.Whole);
        _end += length;
    }

    // Too long to stand here whole, or no well-formed text, of which two could have the same UTF-8.
    void WriteDigest(string value)
    {
        const int tail = sizeof(int) + SHA256.HashSizeInBytes;
        var head = Encoding.UTF8.GetBytes(value[..Math.Min(value.Length, ImageFields.HeadChars)]);
        Reserve(head.Length + tail + 4);
        Number(ImageFields.Digest);
        Number(head.Length);
        head.CopyTo(_buffer.AsSpan(_end));
        _end += head.Length;
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_end), value.Length);
        _end += sizeof(int);
        SHA256.HashData(MemoryMarshal.AsBytes(value.AsSpan()), _buffer.AsSpan(_end));
        _end += SHA256.HashSizeInBytes;
    }

    void Number(int number)
    {
        if (number < 0x80)
        {
            _buffer[_end++] = (byte)number;
        }
        else
        {
            _buffer[_end++] = (byte)((number & 0x7f) | 0x80);
            _buffer[_end++] = (byte)(number >> 7);
        }
    }

    void Reserve(int bytes)
    {
        if (_end + bytes > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _end + bytes));
        }
    }
}
