using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Targets;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>
/// Reads what targets hold of an identity: by the recorded key, then by our mark. One attempt; a target that does not answer is told as that, and
/// nothing is guessed.
/// </summary>
sealed class Observer(MeshStores stores, TargetSet targets)
{
    /// <summary>Reads each target.</summary>
    public async Task<IReadOnlyList<Observation>> ReadAsync(string identityId, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var seen = new List<Observation>();
        foreach (var name in names.Distinct().Order(StringComparer.Ordinal))
        {
            seen.Add(await ReadAsync(identityId, name, cancellationToken));
        }

        return seen;
    }

    async Task<Observation> ReadAsync(string identityId, string name, CancellationToken cancellationToken)
    {
        if (targets.All.FirstOrDefault(t => t.Name == name) is not { Configuration.Stage: TargetStage.Enforce, Accounts: { } accounts } target)
        {
            return new Observation(name) { Untouched = $"{name} is not enforced, has no accounts to manage, or is not in mesh.yaml any more" };
        }

        var recorded = await stores.Registry.FindAccountAsync(identityId, name, cancellationToken);
        try
        {
            var byKey = recorded is { Status: not AccountStatus.Deleted }
                ? await target.CallAsync(t => accounts.FindByKeyAsync(recorded.Key, t), cancellationToken)
                : null;
            if (byKey is not null && byKey.OwnerMark != identityId)
            {
                return new Observation(name)
                {
                    Untouched = $"the account {byKey.Key} carries {(byKey.OwnerMark is null ? "no mark" : "another's mark")}: it is foreign now and is left alone",
                };
            }

            var account = byKey ?? await target.CallAsync(t => accounts.FindByMarkAsync(identityId, t), cancellationToken);
            if (account is not null && account.Key != recorded?.Key)
            {
                // Before it is recorded; whoever reads the row checks the record.
                await stores.AccountKeys.AddAsync(name, account.Key, identityId, cancellationToken);
            }

            return await WithRightsAsync(target, new Observation(name) { Account = account }, cancellationToken);
        }
        catch (ConnectorException e)
        {
            return new Observation(name) { Failure = e };
        }
    }

    static async Task<Observation> WithRightsAsync(Target target, Observation seen, CancellationToken cancellationToken)
    {
        if (seen.Account is not { } account)
        {
            return seen;
        }

        return seen with
        {
            Rights = target.Grants is { } grants ? await target.CallAsync(t => grants.ReadGrantsAsync(account.Key, t), cancellationToken) : [],
            Sessions = target.Sessions is { } sessions ? await target.CallAsync(t => sessions.CountSessionsAsync(account.Key, t), cancellationToken) : 0,
        };
    }
}
