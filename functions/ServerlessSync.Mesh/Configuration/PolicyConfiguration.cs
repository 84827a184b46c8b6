namespace ServerlessSync.Mesh.Configuration;

/// <summary>Policy as written.</summary>
/// <param name="Version">Version the decisions carry.</param>
/// <param name="DefaultAllow">What holds when no rule matches an effect that gives something; taking away is always allowed.</param>
/// <param name="Rules">Rules, first match decides.</param>
public sealed record PolicyConfiguration(string Version, bool DefaultAllow, IReadOnlyList<PolicyRule> Rules);

/// <summary>One rule.</summary>
/// <param name="Name">Its name, unique.</param>
/// <param name="Allow">Allows when true, denies when false.</param>
/// <param name="When">Input name (operation, target, entitlement, risk, kind, or an attribute name) to the values of which one must hold.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record PolicyRule(string Name, bool Allow, IReadOnlyDictionary<string, IReadOnlyList<string>> When, string Reason);
