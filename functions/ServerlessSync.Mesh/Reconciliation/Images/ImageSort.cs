namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Sorts images by key, eight bytes of it at a time from the end of what all keys share; equal keys by content.</summary>
sealed class ImageSort(List<byte[]> segments)
{
    const int Digits = sizeof(ulong);
    const int Buckets = 256;
    const int FewEntries = 1024;

    /// <summary>Sorts entries whose keys are equal up to a depth.</summary>
    /// <param name="entries">What is sorted.</param>
    /// <param name="spare">As long, to be overwritten.</param>
    /// <param name="depth">Bytes that all keys have in common.</param>
    public void Sort(Span<ImageEntry> entries, Span<ImageEntry> spare, int depth)
    {
        foreach (ref var entry in entries)
        {
            entry.Word = ImageLayout.WordAt(ImageLayout.Read(entry.Bytes(segments)).Key, depth);
        }

        if (entries.Length <= FewEntries)
        {
            entries.Sort(static (one, other) => one.Word.CompareTo(other.Word));
        }
        else
        {
            SortByDigits(entries, spare);
        }

        for (var first = 0; first < entries.Length;)
        {
            var word = entries[first].Word;
            var next = first + 1;
            while (next < entries.Length && entries[next].Word == word)
            {
                next++;
            }

            if (next - first > 1)
            {
                SortEqual(entries[first..next], spare[first..next], depth);
            }

            first = next;
        }
    }

    void SortEqual(Span<ImageEntry> entries, Span<ImageEntry> spare, int depth)
    {
        // A key holds no NUL, so one in the last place says that these keys have ended, all at the same length.
        if ((byte)entries[0].Word != 0)
        {
            Sort(entries, spare, depth + sizeof(ulong));
            return;
        }

        entries.Sort((one, other) => ImageLayout.Read(one.Bytes(segments)).Content.SequenceCompareTo(ImageLayout.Read(other.Bytes(segments)).Content));
    }

    // From the last digit to the first, each pass stable; a digit that all share needs none.
    static void SortByDigits(Span<ImageEntry> entries, Span<ImageEntry> spare)
    {
        Span<int> counts = stackalloc int[Digits * Buckets];
        counts.Clear();
        foreach (ref readonly var entry in entries)
        {
            for (var digit = 0; digit < Digits; digit++)
            {
                counts[(digit * Buckets) + DigitOf(entry, digit)]++;
            }
        }

        var from = entries;
        var to = spare;
        var moved = false;
        for (var digit = 0; digit < Digits; digit++)
        {
            var buckets = counts.Slice(digit * Buckets, Buckets);
            if (buckets[DigitOf(from[0], digit)] == from.Length)
            {
                continue;
            }

            Distribute(from, to, buckets, digit);
            var swap = from;
            from = to;
            to = swap;
            moved = !moved;
        }

        if (moved)
        {
            from.CopyTo(entries);
        }
    }

    static void Distribute(Span<ImageEntry> from, Span<ImageEntry> to, Span<int> buckets, int digit)
    {
        var begin = 0;
        foreach (ref var bucket in buckets)
        {
            (bucket, begin) = (begin, begin + bucket);
        }

        foreach (ref readonly var entry in from)
        {
            to[buckets[DigitOf(entry, digit)]++] = entry;
        }
    }

    static int DigitOf(in ImageEntry entry, int digit) => (byte)(entry.Word >> (8 * digit));
}
