namespace ServerlessSync.Mesh.Policy;

/// <summary>Decides at request time whether an effect may be.</summary>
public interface IPolicy
{
    /// <summary>Decides. Pure: the same request under the same policy gets the same decision.</summary>
    PolicyDecision Decide(PolicyRequest request);
}
