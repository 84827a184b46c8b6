namespace ServerlessSync.Mesh.Planning;

/// <summary>What a step does on its target.</summary>
public enum StepOperation
{
    /// <summary>Ends sign-in.</summary>
    Disable,

    /// <summary>Ends open sessions.</summary>
    RevokeSessions,

    /// <summary>Takes one right away.</summary>
    Revoke,

    /// <summary>Takes away every right the account holds on the target, known to us or not.</summary>
    RevokeAll,

    /// <summary>Reads the target again once no older effect can come about, and ends whatever is found alive.</summary>
    Prove,

    /// <summary>Makes the account.</summary>
    Create,

    /// <summary>Allows sign-in again.</summary>
    Enable,

    /// <summary>Changes attributes.</summary>
    Update,

    /// <summary>Gives one right.</summary>
    Grant,
}

/// <summary>What is true of every step of an operation.</summary>
public static class StepOperations
{
    /// <summary>The operation as one lower-case word, as policies and guards name it.</summary>
    public static string Word(this StepOperation operation) => operation switch
    {
        StepOperation.Disable => "disable",
        StepOperation.RevokeSessions => "revokeSessions",
        StepOperation.Revoke => "revoke",
        StepOperation.RevokeAll => "revokeAll",
        StepOperation.Prove => "prove",
        StepOperation.Create => "create",
        StepOperation.Enable => "enable",
        StepOperation.Update => "update",
        StepOperation.Grant => "grant",
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "unknown operation"),
    };

    /// <summary>
    /// The order on one target: sign-in and sessions end first, then rights are taken, then accounts change, then rights are given.
    /// </summary>
    public static int Phase(this StepOperation operation) => operation switch
    {
        StepOperation.Disable => 0,
        StepOperation.RevokeSessions => 1,
        StepOperation.Revoke or StepOperation.RevokeAll => 2,
        StepOperation.Prove => 3,
        StepOperation.Create => 4,
        StepOperation.Update => 5,
        StepOperation.Enable => 6,
        StepOperation.Grant => 7,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "unknown operation"),
    };

    /// <summary>Whether the step takes something away: it rolls forward, is never undone and never waits for policy.</summary>
    public static bool TakesAway(this StepOperation operation) => operation.Phase() <= StepOperation.Prove.Phase();

    /// <summary>Whether the step may let somebody do what they could not: refused once a newer termination is queued.</summary>
    public static bool Gives(this StepOperation operation) =>
        operation is StepOperation.Create or StepOperation.Enable or StepOperation.Grant;

    /// <summary>How a step of the operation is undone.</summary>
    public static string Compensation(this StepOperation operation) => operation switch
    {
        StepOperation.Create => "delete the account this step created",
        StepOperation.Enable => "disable the account",
        StepOperation.Update => "write the attributes back as they were",
        StepOperation.Grant => "revoke the right unless it was held before",
        _ => "nothing to undo: what is taken away stays away",
    };
}
