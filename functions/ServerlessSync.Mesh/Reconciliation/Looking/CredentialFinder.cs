using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Names credentials that work at a target and should not. A target lists them all or none, so it is the record that is read again.</summary>
static class CredentialFinder
{
    const string Retired = "retired";
    const string Works = "works";

    /// <summary>Whether a recorded credential is one that should work.</summary>
    public static bool IsInUse(Credential credential, DateTimeOffset now) =>
        credential.Status == CredentialStatus.Active && !(credential.ExpiresAt <= now);

    /// <summary>The findings.</summary>
    /// <param name="recorded">What is recorded of the account's credentials.</param>
    /// <param name="listed">What the target listed and the record did not expect, as <see cref="CredentialName"/>.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<DriftFinding> Find(IReadOnlyCollection<Credential> recorded, IEnumerable<string> listed, DateTimeOffset now)
    {
        foreach (var name in listed.Select(CredentialName.Parse))
        {
            var known = recorded.FirstOrDefault(c => c.Id == name.Id && (name.Fingerprint is null || c.Fingerprint == name.Fingerprint));
            if (known is null)
            {
                yield return new DriftFinding(DriftKind.UnmanagedCredential, name.Id, null, name.Fingerprint ?? Works, now, now);
            }
            else if (!IsInUse(known, now))
            {
                yield return new DriftFinding(DriftKind.StaleCredential, name.Id, Retired, Works, now, now);
            }
        }
    }
}
