using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Configuration;

/// <summary>Kinds of identity as mesh.yaml writes them.</summary>
static class KindNames
{
    public static IReadOnlyDictionary<string, IdentityKind> All { get; } = new Dictionary<string, IdentityKind>
    {
        ["person"] = IdentityKind.Person,
        ["serviceAccount"] = IdentityKind.ServiceAccount,
        ["workload"] = IdentityKind.Workload,
        ["agent"] = IdentityKind.Agent,
    };

    public static string Of(IdentityKind kind) => All.First(k => k.Value == kind).Key;
}
