namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>Keeps what travels through workflow history within the engine's payload limit, however many steps a plan has.</summary>
static class Words
{
    const int Longest = 100;

    /// <summary>At most 100 characters of printable ASCII: what JSON would write longer, or a log would act on, becomes '?'.</summary>
    public static string? Short(string? message) => message is null
        ? null
        : string.Create(Math.Min(message.Length, Longest), message, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = text[i] is >= ' ' and <= '~' and not ('"' or '\\' or '<' or '>' or '&' or '+' or '\'' or '`') ? text[i] : '?';
            }
        });
}
