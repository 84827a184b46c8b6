namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Where an image lies in a batch, with the part of its key that is sorted by at the moment.</summary>
struct ImageEntry
{
    public const int Alignment = 8;
    const int SegmentShift = 17;

    public ulong Word;
    uint _place;

    public static ImageEntry At(int segment, int offset) => new() { _place = ((uint)segment << SegmentShift) | ((uint)offset / Alignment) };

    /// <summary>The bytes from the image on.</summary>
    public readonly ReadOnlySpan<byte> Bytes(List<byte[]> segments) =>
        segments[(int)(_place >> SegmentShift)].AsSpan((int)(_place & ((1u << SegmentShift) - 1)) * Alignment);
}
