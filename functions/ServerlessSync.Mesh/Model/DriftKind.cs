namespace ServerlessSync.Mesh.Model;

/// <summary>How a target differs from the record.</summary>
public enum DriftKind
{
    /// <summary>The record expects an account and the target has none.</summary>
    Missing,

    /// <summary>An account carries our mark, and the record knows nobody it names.</summary>
    Orphan,

    /// <summary>Sign-in is possible where the record says it is not, or the other way round.</summary>
    Status,

    /// <summary>A managed attribute, or the sign-in name, is another one.</summary>
    Attribute,

    /// <summary>A right is held that the record does not expect.</summary>
    ExtraGrant,

    /// <summary>A right the record expects is not held.</summary>
    MissingGrant,

    /// <summary>A credential was retired and is not proven dead.</summary>
    StaleCredential,

    /// <summary>An account can be signed in to, or a right is held, of somebody who has left or past its expiry.</summary>
    ExpiredButAlive,

    /// <summary>An account carries no mark and the record does not know it: nobody answers for it.</summary>
    Unowned,

    /// <summary>A second account carries the mark of an identity that has another one.</summary>
    Duplicate,

    /// <summary>A credential works that the record does not know.</summary>
    UnmanagedCredential,

    /// <summary>An account is active for somebody the target is not meant for any more.</summary>
    OutOfScope,
}

/// <summary>How bad a drift is.</summary>
public enum DriftSeverity
{
    /// <summary>Somebody lacks something.</summary>
    Low,

    /// <summary>Something is not as decided.</summary>
    Medium,

    /// <summary>Somebody can do what nobody decided.</summary>
    High,

    /// <summary>Somebody who has left can still act.</summary>
    Critical,
}

/// <summary>What is true of every drift of a kind.</summary>
public static class DriftKinds
{
    /// <summary>The kind as one word in camelCase, as mesh.yaml and reports name it.</summary>
    public static string Word(this DriftKind kind) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    /// <summary>How bad it is.</summary>
    public static DriftSeverity Severity(this DriftKind kind) => kind switch
    {
        DriftKind.ExpiredButAlive => DriftSeverity.Critical,
        DriftKind.Orphan or DriftKind.ExtraGrant or DriftKind.Unowned or DriftKind.UnmanagedCredential or DriftKind.StaleCredential => DriftSeverity.High,
        DriftKind.Status or DriftKind.Duplicate or DriftKind.OutOfScope or DriftKind.Attribute => DriftSeverity.Medium,
        DriftKind.Missing or DriftKind.MissingGrant => DriftSeverity.Low,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown kind of drift"),
    };

    /// <summary>
    /// Whether an ordinary plan for the identity can mend it. What belongs to nobody we know, or to nobody alone, is for people to settle.
    /// </summary>
    public static bool CanBeRemediated(this DriftKind kind) => kind is DriftKind.Missing or DriftKind.Status or DriftKind.Attribute
        or DriftKind.ExtraGrant or DriftKind.MissingGrant or DriftKind.ExpiredButAlive or DriftKind.OutOfScope;
}
