namespace ServerlessSync.Connectors;

/// <summary>A target that gives and takes rights. A grant is written <c>kind:name</c>, for example <c>group:Finance</c> or <c>role:finance_ro</c>.</summary>
public interface IGrantConnector : IConnector
{
    /// <summary>Every grant the account holds now, in ordinal order; empty when the account is absent.</summary>
    Task<IReadOnlyList<string>> ReadGrantsAsync(string accountKey, CancellationToken cancellationToken);

    /// <summary>
    /// Reads one page of all rights held by any account, as <see cref="ReadGrantsAsync"/> gives them for one. Rules of pages as for
    /// <see cref="IConnector.ReadPageAsync"/>; the order is the target's own, and a page may be empty before the end.
    /// </summary>
    /// <remarks>A target with two rights of one name gives the grant once for each. Rights held by something that is no account are left out.</remarks>
    /// <param name="continuationToken">Opaque token of the page before, or null for the first page.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ConnectorException"><see cref="FailureKind.Incomplete"/>: rights may have been missed, and the read must begin anew.</exception>
    Task<Page<TargetGrant>> ReadGrantPageAsync(string? continuationToken, CancellationToken cancellationToken);

    /// <summary>Gives a right. Already held is <see cref="WriteOutcome.AlreadyInPlace"/>; <see cref="WriteResult.HeldBefore"/> tells which.</summary>
    Task<WriteResult> GrantAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken);

    /// <summary>Takes a right away. Not held, or no such account or right, is <see cref="WriteOutcome.AlreadyInPlace"/>.</summary>
    Task<WriteResult> RevokeAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken);
}
