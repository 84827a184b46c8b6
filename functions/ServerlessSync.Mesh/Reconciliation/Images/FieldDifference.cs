namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>A field that is not as the record wants it.</summary>
/// <param name="Field">A name of <see cref="ImageSchema.Fields"/>.</param>
/// <param name="Expected">The wanted value; null when the field should be absent.</param>
/// <param name="Found">The value of the target; null when the field is absent there.</param>
public sealed record FieldDifference(string Field, string? Expected, string? Found);
