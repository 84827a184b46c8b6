namespace ServerlessSync.Mesh.Model;

/// <summary>Where an identity stands in its life.</summary>
public enum IdentityStatus
{
    /// <summary>Known, but not yet described by a source.</summary>
    Pending,

    /// <summary>Entitled to what policy gives.</summary>
    Active,

    /// <summary>Away for a while: no sign-in.</summary>
    Suspended,

    /// <summary>Gone: no sign-in, no rights.</summary>
    Terminated,
}
