namespace ServerlessSync.Connectors;

/// <summary>A target that gives and takes rights. A grant is written <c>kind:name</c>, for example <c>group:Finance</c> or <c>role:finance_ro</c>.</summary>
public interface IGrantConnector : IConnector
{
    /// <summary>Every grant the account holds now, in ordinal order; empty when the account is absent.</summary>
    Task<IReadOnlyList<string>> ReadGrantsAsync(string accountKey, CancellationToken cancellationToken);

    /// <summary>Gives a right. Already held is <see cref="WriteOutcome.AlreadyInPlace"/>; <see cref="WriteResult.HeldBefore"/> tells which.</summary>
    Task<WriteResult> GrantAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken);

    /// <summary>Takes a right away. Not held, or no such account or right, is <see cref="WriteOutcome.AlreadyInPlace"/>.</summary>
    Task<WriteResult> RevokeAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken);
}
