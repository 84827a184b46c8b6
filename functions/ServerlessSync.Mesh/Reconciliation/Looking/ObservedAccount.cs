using ServerlessSync.Connectors;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>What a target holds for one identity, read just now.</summary>
/// <param name="Account">The account under the recorded key, or else the one that carries the identity's mark; null when there is neither.</param>
/// <param name="Rights">The rights it holds.</param>
/// <param name="Others">Further accounts that carry the identity's mark, in ordinal order of their keys.</param>
sealed record ObservedAccount(TargetAccount? Account, IReadOnlyList<string> Rights, IReadOnlyList<TargetAccount> Others);
