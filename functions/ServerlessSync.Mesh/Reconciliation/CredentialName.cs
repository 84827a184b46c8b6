namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>A credential as it is compared.</summary>
/// <param name="Id">The target's id of it.</param>
/// <param name="Fingerprint">Its fingerprint; null where the target tells none.</param>
readonly record struct CredentialName(string Id, string? Fingerprint)
{
    const char Separator = '\n';

    public static CredentialName Parse(string text) => text.LastIndexOf(Separator) is var at and >= 0
        ? new CredentialName(text[..at], text[(at + 1)..])
        : new CredentialName(text, null);

    public override string ToString() => Fingerprint is null ? Id : $"{Id}{Separator}{Fingerprint}";
}
