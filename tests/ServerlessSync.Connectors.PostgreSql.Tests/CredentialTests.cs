using Npgsql;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Servers;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

public sealed class CredentialTests(PostgreSqlFixture fixture) : IClassFixture<PostgreSqlFixture>
{
    readonly PostgreSqlDrift _drift = new(fixture.Server);

    [Fact]
    public async Task A_password_is_listed_with_its_expiry_and_known_again_without_its_secret()
    {
        var expires = new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero);
        await fixture.Server.SeedAsync([new SeedAccount("id-1", "cr_none"), new SeedAccount("id-2", "cr_ours"), new SeedAccount(null, "cr_foreign")], default);
        await fixture.Server.ExecuteAsync("CREATE ROLE cr_group NOLOGIN PASSWORD 'x'", default);
        await _drift.SetPasswordAsync("cr_ours", "secret-1", expires, default);
        await _drift.SetPasswordAsync("cr_foreign", "secret-2", null, default);

        var first = await ListAsync();
        var again = await ListAsync();
        await _drift.SetPasswordAsync("cr_ours", "secret-1", null, default);
        await fixture.Connector.SetActiveAsync(new("cr_none", "id-1"), active: false, new WriteContext("k"), default);
        await fixture.Server.ExecuteAsync("ALTER ROLE cr_none PASSWORD 'z'; SET password_encryption = md5; ALTER ROLE cr_foreign PASSWORD 'y'", default);
        var after = await ListAsync();

        first.Keys.Order(StringComparer.Ordinal).ShouldBe(["admin", "cr_foreign", "cr_ours"]);
        (first["cr_ours"].Id, first["cr_ours"].ExpiresAt, first["cr_foreign"].ExpiresAt).ShouldBe(("password", expires, null));
        again["cr_ours"].ShouldBe(first["cr_ours"]);
        after["cr_ours"].Fingerprint.ShouldNotBeNull().ShouldNotBe(first["cr_ours"].Fingerprint);
        (after["cr_none"].ExpiresAt, after["cr_foreign"].Fingerprint).ShouldBe((DateTimeOffset.MinValue, null));
        await AssertPublicAsync(after["cr_ours"]);
    }

    [Fact]
    public async Task Credentials_come_in_pages_by_key()
    {
        await fixture.Server.SeedAsync(SeedAccount.Many(1_010), default);
        await fixture.Server.ExecuteAsync(
            """
            DO $$ DECLARE r record; BEGIN
              FOR r IN SELECT rolname FROM pg_roles WHERE rolname LIKE 'person%' LOOP
                EXECUTE format('ALTER ROLE %I PASSWORD %L', r.rolname, 'md5' || md5('x' || r.rolname));
              END LOOP;
            END $$
            """,
            default);
        var read = await AllPages.ReadAsync(fixture.Connector.ReadCredentialPageAsync);

        var keys = read.Select(c => c.AccountKey).Where(k => k.StartsWith("person", StringComparison.Ordinal));
        keys.ShouldBe(SeedAccount.Many(1_010).Select(a => a.UserName));
    }

    [Fact]
    public async Task Who_may_not_read_the_passwords_is_told_so()
    {
        await fixture.Server.ExecuteAsync("CREATE ROLE cr_mesh LOGIN CREATEROLE PASSWORD 'pw'", default);
        await using var mesh = new PostgreSqlConnector(
            PostgreSqlFixture.Options(fixture.Server) with
            {
                ConnectionString = new NpgsqlConnectionStringBuilder(fixture.Server.ConnectionString) { Username = "cr_mesh" }.ConnectionString,
                Password = _ => ValueTask.FromResult("pw"),
            },
            TimeProvider.System);

        var failure = await Should.ThrowAsync<ConnectorException>(() => mesh.ReadCredentialPageAsync(null, default));

        failure.Kind.ShouldBe(FailureKind.Unauthorised);
        failure.Message.ShouldContain("pg_authid");
        (await mesh.ReadPageAsync(null, default)).Items.ShouldNotBeEmpty();
        (await mesh.ReadGrantPageAsync(null, default)).NextToken.ShouldBeNull();
    }

    async Task<Dictionary<string, TargetCredential>> ListAsync()
    {
        var page = await fixture.Connector.ReadCredentialPageAsync(null, default);
        return page.Items.Where(c => c.AccountKey == "admin" || c.AccountKey.StartsWith("cr_", StringComparison.Ordinal)).ToDictionary(c => c.AccountKey, StringComparer.Ordinal);
    }

    async Task AssertPublicAsync(TargetCredential credential)
    {
        var verifier = (string)(await fixture.Server.ExecuteAsync($"SELECT rolpassword FROM pg_authid WHERE rolname = '{credential.AccountKey}'", default))!;
        var keys = verifier.Split('$')[2];
        verifier.ShouldStartWith("SCRAM-SHA-256$");
        foreach (var part in keys.Split(':'))
        {
            credential.Fingerprint!.ShouldNotContain(part);
        }
    }
}
