namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>What is wrong with an account on purpose.</summary>
enum Drift
{
    None,
    Missing,
    Orphan,
    Attribute,
    Status,
    ExtraGrant,
    MissingGrant,
}
