using System.Buffers.Text;
using System.Text.Json;
using Azure.Core;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Servers;
using Shouldly;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>Signing in with a token, against a service that takes tokens.</summary>
public sealed class TokenTests
{
    static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_service_that_takes_tokens_lets_an_identity_read_and_write_and_refuses_a_token_for_something_else()
    {
        await using var server = await AzuriteServer.StartWithTokensAsync();
        using var handler = server.TrustingHandler();
        using var store = new TablesRowStore(TablesOptions.FromIdentity(server.Endpoint, new Identity("https://storage.azure.com")), handler, TimeProvider.System);
        using var other = new TablesRowStore(TablesOptions.FromIdentity(server.Endpoint, new Identity("https://vault.azure.net")), handler, TimeProvider.System);

        (await store.CommitAsync(new("things", "p", RowWrite.Insert("k", "one"u8.ToArray()), RowWrite.Insert("l", "two"u8.ToArray())), None)).Committed.ShouldBeTrue();
        (await store.GetAsync(new("things", "p", "k"), None)).ShouldNotBeNull().Body.Span.SequenceEqual("one"u8).ShouldBeTrue();

        var failure = await Should.ThrowAsync<StoreException>(async () => await other.GetAsync(new("things", "p", "k"), None));
        failure.Failure.ShouldBe(StoreFailure.Unavailable);
        failure.Message.ShouldContain("Storage Table Data Contributor");
    }

    /// <summary>Tokens without a signature, which the emulator does not look at.</summary>
    sealed class Identity(string audience) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException("Tokens are asked for asynchronously.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            var now = TimeProvider.System.GetUtcNow();
            var claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["aud"] = audience,
                ["iss"] = "https://sts.windows.net/5b0b3b4c-0000-0000-0000-000000000000/",
                ["iat"] = now.AddMinutes(-5).ToUnixTimeSeconds(),
                ["nbf"] = now.AddMinutes(-5).ToUnixTimeSeconds(),
                ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
            };
            var token = $"{Part(new { alg = "none", typ = "JWT" })}.{Part(claims)}.e30";
            return ValueTask.FromResult(new AccessToken(token, now.AddHours(1)));
        }

        static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
    }
}
