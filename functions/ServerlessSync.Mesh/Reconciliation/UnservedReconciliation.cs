namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Stands where targets are not compared: whoever asks is told.</summary>
public sealed class UnservedReconciliation : IReconciliationRequests
{
    const string Reason = "This deployment compares no targets with the record.";

    /// <inheritdoc/>
    public Task<ReconciliationAnswer> StartAsync(ReconciliationRequest request, CancellationToken cancellationToken) => Refuse();

    /// <inheritdoc/>
    public Task<ReconciliationAnswer> ApplyAsync(string target, string planHash, string askedBy, CancellationToken cancellationToken) => Refuse();

    static Task<ReconciliationAnswer> Refuse() => Task.FromResult(new ReconciliationAnswer(ReconciliationDecision.Refused, Reason: Reason));
}
