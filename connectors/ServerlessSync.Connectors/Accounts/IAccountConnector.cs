namespace ServerlessSync.Connectors;

/// <summary>A target whose accounts can be made, changed, disabled and removed.</summary>
/// <remarks>
/// Every write reads first, returns the account as it was (<see cref="WriteResult.Before"/>) and answers
/// <see cref="WriteOutcome.AlreadyInPlace"/> when nothing had to change, so that a call may be repeated after a lost reply.
/// A write on an account without the expected mark answers <see cref="WriteOutcome.Refused"/> and changes nothing.
/// </remarks>
public interface IAccountConnector : IConnector
{
    /// <summary>Reads one account by its key, or null when the target has none.</summary>
    Task<TargetAccount?> FindByKeyAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads the account that carries our mark, or null. Settles a create whose reply was lost.</summary>
    Task<TargetAccount?> FindByMarkAsync(string ownerMark, CancellationToken cancellationToken);

    /// <summary>
    /// Creates an active account without a password. When the name is taken by an account with the same mark this is
    /// <see cref="WriteOutcome.AlreadyInPlace"/>; taken by any other account it is <see cref="WriteOutcome.Refused"/>: never adopted by name.
    /// </summary>
    Task<WriteResult> CreateAsync(AccountCreation creation, WriteContext context, CancellationToken cancellationToken);

    /// <summary>Changes the attributes that differ.</summary>
    Task<WriteResult> UpdateAsync(AccountDelta delta, WriteContext context, CancellationToken cancellationToken);

    /// <summary>Enables or disables sign-in. An absent account is <see cref="WriteOutcome.AlreadyInPlace"/> when disabling.</summary>
    Task<WriteResult> SetActiveAsync(AccountReference account, bool active, WriteContext context, CancellationToken cancellationToken);

    /// <summary>Removes the account. An absent account is <see cref="WriteOutcome.AlreadyInPlace"/>.</summary>
    Task<WriteResult> DeleteAsync(AccountReference account, WriteContext context, CancellationToken cancellationToken);
}
