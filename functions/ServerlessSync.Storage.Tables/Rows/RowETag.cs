namespace ServerlessSync.Storage.Tables.Rows;

/// <summary>The ETag our callers see: the service's own, and the chain of commits behind that version.</summary>
/// <param name="Service">The service's ETag.</param>
/// <param name="Operations">The <see cref="OperationChain"/> of the version.</param>
readonly record struct RowETag(string Service, string Operations)
{
    const char Separator = '|';

    /// <summary>An ETag no row ever has.</summary>
    public static RowETag Never { get; } = new("W/\"datetime'1601-01-01T00%3A00%3A00Z'\"", string.Empty);

    /// <summary>Reads what a caller hands in; one that was never given out fits no row.</summary>
    public static RowETag Parse(string? text)
    {
        var at = text?.LastIndexOf(Separator) ?? -1;
        return at > 0 && IsSound(text.AsSpan(0, at)) ? new RowETag(text![..at], text[(at + 1)..]) : Never;
    }

    public override string ToString() => $"{Service}{Separator}{Operations}";

    // It goes into a header as it is.
    static bool IsSound(ReadOnlySpan<char> service) =>
        service is ['W', '/', '"', .., '"'] && !service.ContainsAnyExceptInRange(' ', '~') && service[3..^1].IndexOf('"') < 0;
}
