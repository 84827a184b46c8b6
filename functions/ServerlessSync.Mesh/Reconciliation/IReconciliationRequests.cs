namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Starts comparisons of targets with the record, and applies what a dry run planned.</summary>
public interface IReconciliationRequests
{
    /// <summary>Whether a comparison of a target is under way: begun, not ended, and its workflow alive.</summary>
    Task<bool> IsUnderWayAsync(string target, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the target's newest comparison where its workflow has ended without it, terminated by an operator for example: as one that is given up, and its
    /// owner is told.
    /// </summary>
    Task EndDeadAsync(string target, CancellationToken cancellationToken);

    /// <summary>Starts a comparison, unless one of the target is under way.</summary>
    /// <exception cref="Storage.StoreException">It cannot be started now.</exception>
    /// <exception cref="Workflows.Engine.EngineOverloadedException">Too many runs wait already.</exception>
    Task<ReconciliationAnswer> StartAsync(ReconciliationRequest request, CancellationToken cancellationToken);

    /// <summary>Applies exactly the plan the target's newest comparison made, unless the target or the record moved since.</summary>
    /// <param name="target">The target.</param>
    /// <param name="planHash">Hash of the plan as it was shown; whatever a stranger sent.</param>
    /// <param name="askedBy">Name of the operator.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="Storage.StoreException">It cannot be started now.</exception>
    /// <exception cref="Workflows.Engine.EngineOverloadedException">Too many runs wait already.</exception>
    Task<ReconciliationAnswer> ApplyAsync(string target, string planHash, string askedBy, CancellationToken cancellationToken);

    /// <summary>
    /// Pauses the target's comparison that is under way: it reads, opens and sends nothing more after the call that is at work. What was sent to be
    /// mended before goes on. Recorded in the audit before it is done.
    /// </summary>
    /// <param name="target">The target; whatever a stranger sent.</param>
    /// <param name="askedBy">Name of the operator.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="Storage.StoreException">It cannot be recorded now.</exception>
    Task<PauseAnswer> PauseAsync(string target, string askedBy, CancellationToken cancellationToken);

    /// <summary>Lets the target's paused comparison go on, within half a minute. Recorded in the audit before it is done.</summary>
    /// <param name="target">The target; whatever a stranger sent.</param>
    /// <param name="askedBy">Name of the operator.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="Storage.StoreException">It cannot be recorded now.</exception>
    Task<PauseAnswer> ResumeAsync(string target, string askedBy, CancellationToken cancellationToken);
}
