namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>Reads CSV row by row as UTF-8, without an object for each: lines end in LF, a quoted field holds no quote.</summary>
sealed class CsvReader(string path, int columns) : IDisposable
{
    readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
    readonly (int At, int Length)[] _fields = new (int, int)[columns];
    byte[] _buffer = new byte[512 * 1024];
    int _at;
    int _end;

    /// <summary>A field of the row, valid until the next.</summary>
    public ReadOnlySpan<byte> this[int column] => _buffer.AsSpan(_fields[column].At, _fields[column].Length);

    /// <summary>Goes to the next row; false at the end.</summary>
    public bool Read()
    {
        while (true)
        {
            if (TryParse())
            {
                return true;
            }

            if (!Fill())
            {
                return _at == _end ? false : throw new InvalidDataException("The file ends within a row.");
            }
        }
    }

    public void Dispose() => _file.Dispose();

    bool TryParse()
    {
        var at = _at;
        for (var column = 0; column < _fields.Length; column++)
        {
            var rest = _buffer.AsSpan(at, _end - at);
            if (rest.Length > 0 && rest[0] == '"')
            {
                var close = rest[1..].IndexOf((byte)'"');
                if (close < 0 || close + 2 >= rest.Length)
                {
                    return false;
                }

                _fields[column] = (at + 1, close);
                at += close + 3;
                continue;
            }

            var length = rest.IndexOfAny((byte)',', (byte)'\n');
            if (length < 0)
            {
                return false;
            }

            _fields[column] = (at, length);
            at += length + 1;
        }

        _at = at;
        return true;
    }

    bool Fill()
    {
        _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
        (_at, _end) = (0, _end - _at);
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = _file.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}
