namespace ServerlessSync.Mesh.Configuration;

/// <summary>Where a secret is kept, written <c>env:NAME</c>; never the secret.</summary>
/// <param name="Scheme">The kind of place: env.</param>
/// <param name="Name">Its name there.</param>
public sealed record SecretReference(string Scheme, string Name)
{
    /// <summary>The reference as written.</summary>
    public override string ToString() => $"{Scheme}:{Name}";
}
