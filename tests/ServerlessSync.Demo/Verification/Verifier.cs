using Npgsql;
using ServerlessSync.Demo.World;

namespace ServerlessSync.Demo.Verification;

/// <summary>Reads the registry by the API and every target natively, and compares both with the HR files.</summary>
sealed class Verifier(SampleWorld world, People people, IReadOnlyList<UserSession> sessions)
{
    readonly ScimVerifier _scim = new(world, people);
    readonly PostgreSqlVerifier _postgreSql = new(world, people, sessions);

    public async Task<Verdict> CompareAsync(CancellationToken cancellationToken)
    {
        var registry = new Registry(await world.Api.ReadIdentitiesAsync(cancellationToken));
        List<Findings> findings = [registry.Compare(people)];
        List<string> unreachable = [];
        await ReadAsync(world.ScimTarget, () => _scim.CompareAsync(registry, cancellationToken));
        await ReadAsync(world.PostgreSqlTarget, () => _postgreSql.CompareAsync(registry, cancellationToken));
        return new Verdict(registry, findings, unreachable);

        async Task ReadAsync(string target, Func<Task<Findings>> compare)
        {
            try
            {
                findings.Add(await compare());
            }
            catch (Exception e) when (e is HttpRequestException or NpgsqlException)
            {
                unreachable.Add($"{target}: cannot be read: {e.Message}");
            }
        }
    }
}
