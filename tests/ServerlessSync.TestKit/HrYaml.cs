using ServerlessSync.Mesh.Configuration;

namespace ServerlessSync.TestKit;

/// <summary>mesh.yaml of a world where one HR system, signing with <c>HR_KEY_1</c>, decides everything; what differs between tests is set.</summary>
public sealed record HrYaml
{
    /// <summary>The source's name.</summary>
    public const string Source = "hr";

    /// <summary>A rule that gives whatever is asked for.</summary>
    public const string GiveAll = "{ name: all-else, effect: allow, when: { operation: [create, enable, update, grant] }, reason: Given by rule. }";

    /// <summary>Entries of <c>targets</c>, each <c>name: { ... }</c>.</summary>
    public required IEnumerable<string> Targets { get; init; }

    /// <summary>Entries of <c>entitlements</c>, each <c>{ ... }</c>.</summary>
    public IEnumerable<string> Entitlements { get; init; } = [];

    /// <summary>Rules of the policy, each <c>{ ... }</c>; what none allows is denied.</summary>
    public IEnumerable<string> Rules { get; init; } = [GiveAll];

    /// <summary>The time limit of an attempt, in ISO 8601.</summary>
    public string Attempt { get; init; } = "PT30S";

    /// <summary>The file's text.</summary>
    public string Text => $$"""
        organisation: example
        owners: { default: identity-team }
        sources:
          {{Source}}:
            kind: webhook
            identity: person
            secrets: [env:HR_KEY_1]
            sequence: given
            events: { employee.hired: changed, employee.changed: changed, employee.terminated: terminated }
            map: { anchor: employee_id, userName: user_name, displayName: name, department: department, manager: manager, title: title }
        authority:
          person:
            lifecycle: { create: hr, update: hr, suspend: hr, delete: hr }
            attributes: { department: hr, manager: hr }
        targets: { {{Lines(Targets)}} }
        entitlements: [{{Lines(Entitlements)}}]
        policy: { version: "1", default: deny, rules: [{{Lines(Rules)}}] }
        guards: { default: { percent: 50, count: 50, minimumPopulation: 20 } }
        deadlines: { leaver: PT24H, approval: P3D, exception: P7D, attempt: {{Attempt}} }
        api: { keys: [{ name: test, key: env:OPS_KEY, roles: [viewer, operator] }] }

        """;

    /// <summary>The text through the real loader.</summary>
    /// <exception cref="InvalidOperationException">It has mistakes; the message lists them.</exception>
    public MeshConfiguration Load()
    {
        var result = MeshConfigurationLoader.Load(Text);
        return result.Configuration ?? throw new InvalidOperationException(string.Join('\n', result.Errors));
    }

    static string Lines(IEnumerable<string> entries) => string.Join(",\n  ", entries);
}
