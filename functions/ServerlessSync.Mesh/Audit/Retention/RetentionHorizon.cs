namespace ServerlessSync.Mesh.Audit;

/// <summary>What ended or was recorded before these moments has been kept long enough.</summary>
readonly record struct RetentionHorizon(DateTimeOffset Payloads, DateTimeOffset Inbox, DateTimeOffset Drift, DateTimeOffset History);
