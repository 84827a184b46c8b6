using System.Text;

namespace ServerlessSync.Connectors.Http;

/// <summary>Reads bodies up to a limit, whatever their announced length.</summary>
static class BoundedBody
{
    const int LargestError = 4 * 1024;
    const int QuotedCharacters = 500;

    /// <summary>The whole body, or null when it is larger than the limit.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > limit)
        {
            return null;
        }

        var body = await ReadUpToAsync(response, limit + 1, cancellationToken).ConfigureAwait(false);
        // The type is spelt out: a bare null here would turn into empty memory.
        return body.Length > limit ? default(ReadOnlyMemory<byte>?) : body;
    }

    /// <summary>What an error answer says, as the tail of a sentence: cut short, on one line, without the token; empty when it says nothing.</summary>
    public static async Task<string> ReadErrorAsync(HttpResponseMessage response, string token, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> body;
        try
        {
            body = await ReadUpToAsync(response, LargestError, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The status is known and is what counts.
            return "";
        }

        var text = Encoding.UTF8.GetString(body.Span);
        if (token.Length > 0)
        {
            text = text.Replace(token, "***", StringComparison.Ordinal);
            // A token cut in two by the limit would not be recognised, so as much as that is dropped.
            text = body.Length == LargestError ? text[..Math.Max(0, text.Length - token.Length)] : text;
        }

        text = string.Concat(text.Take(QuotedCharacters).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return text.Length == 0 ? "" : ": " + text;
    }

    static async Task<ReadOnlyMemory<byte>> ReadUpToAsync(HttpResponseMessage response, int most, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[Math.Min(most, 16 * 1024)];
        while (body.Length < most)
        {
            var wanted = (int)Math.Min(buffer.Length, most - body.Length);
            var read = await stream.ReadAsync(buffer.AsMemory(0, wanted), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            body.Write(buffer, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
