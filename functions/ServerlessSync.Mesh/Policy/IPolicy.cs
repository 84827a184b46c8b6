namespace ServerlessSync.Mesh.Policy;

/// <summary>Decides at request time whether an effect may be.</summary>
public interface IPolicy
{
    /// <summary>Decides. Pure: the same request under the same policy gets the same decision.</summary>
    PolicyDecision Decide(PolicyRequest request);

    /// <summary>Whether it is allowed, for whoever keeps no decision: the answer of <see cref="Decide"/>, perhaps at less cost.</summary>
    bool Allows(PolicyRequest request) => Decide(request).Allow;
}
