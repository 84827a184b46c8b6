namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>The comparison between two reads: merges the two sides as far as their chunks reach.</summary>
sealed class ComparisonWalk(ComparedSide record, ComparedSide target, IComparisonHandler handler, long most)
{
    byte[] _key = new byte[256];
    int _keyLength = -1;
    long _equal;
    long _different;
    long _onlyInRecord;
    long _onlyInTarget;
    long _repeatedInRecord;
    long _repeatedInTarget;

    public ComparisonCounts Counts => new(_equal, _different, _onlyInRecord, _onlyInTarget, _repeatedInRecord, _repeatedInTarget);

    /// <summary>Goes on; false when a side must read first, true when it has come to the most keys or to the end.</summary>
    public bool Run()
    {
        var left = most - Counts.Keys;
        while (true)
        {
            // Both are asked, so that both read what they need at once.
            var (recordStands, targetStands) = (Settle(record), Settle(target));
            if (!recordStands || !targetStands)
            {
                return false;
            }

            if (left-- <= 0 || (record.Ended && target.Ended))
            {
                return true;
            }

            Compare();
        }
    }

    // A side stands when its image is not yet dealt with and no second one of the key before.
    bool Settle(ComparedSide side)
    {
        while (side.Done && !side.Ended)
        {
            if (!side.TryMoveNext())
            {
                return false;
            }

            var image = side.Stream.Current;
            var order = _keyLength < 0 ? 1 : image.Key.SequenceCompareTo(_key.AsSpan(0, _keyLength));
            if (order < 0)
            {
                throw new UnsortedImagesException(side.Side, _key.AsSpan(0, _keyLength), image.Key);
            }

            side.Done = order == 0;
            if (side.Done)
            {
                Repeat(side, image);
            }
        }

        return true;
    }

    void Repeat(ComparedSide side, Image image)
    {
        if (side.Side == ComparisonSide.Record)
        {
            _repeatedInRecord++;
        }
        else
        {
            _repeatedInTarget++;
        }

        handler.Repeated(side.Side, image);
    }

    void Compare()
    {
        var order = record.Ended ? 1 : target.Ended ? -1 : record.Stream.Current.Key.SequenceCompareTo(target.Stream.Current.Key);
        if (order == 0)
        {
            Meet(record.Stream.Current, target.Stream.Current);
        }
        else if (order < 0)
        {
            _onlyInRecord++;
            handler.OnlyInRecord(record.Stream.Current);
        }
        else
        {
            _onlyInTarget++;
            handler.OnlyInTarget(target.Stream.Current);
        }

        Keep(order <= 0 ? record.Stream.Current.Key : target.Stream.Current.Key);
        record.Done = order <= 0;
        target.Done = order >= 0;
    }

    void Meet(Image expected, Image found)
    {
        if (expected.Content.SequenceEqual(found.Content))
        {
            _equal++;
        }
        else
        {
            _different++;
            handler.Different(expected, found);
        }
    }

    void Keep(ReadOnlySpan<byte> key)
    {
        if (key.Length > _key.Length)
        {
            _key = new byte[key.Length * 2];
        }

        key.CopyTo(_key);
        _keyLength = key.Length;
    }
}
