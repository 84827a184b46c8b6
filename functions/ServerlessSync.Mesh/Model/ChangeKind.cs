namespace ServerlessSync.Mesh.Model;

/// <summary>What a source says happened.</summary>
public enum ChangeKind
{
    /// <summary>The subject's record is as in <see cref="ChangeEvent.Data"/>: new, changed, or back again.</summary>
    Changed,

    /// <summary>The subject is away for a while: sign-in stops, rights stay recorded.</summary>
    Suspended,

    /// <summary>The subject has left for good.</summary>
    Terminated,

    /// <summary>Something about the subject may have changed; look at what is recorded.</summary>
    Look,
}
