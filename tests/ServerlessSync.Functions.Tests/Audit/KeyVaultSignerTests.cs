using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.TestKit;
using Shouldly;
using Xunit;

namespace ServerlessSync.Functions.Tests.Audit;

/// <summary>Signing with a key that stays in the vault, against the vault's REST API in memory.</summary>
public sealed class KeyVaultSignerTests : IDisposable
{
    const string Address = "https://example.vault.azure.net/keys/audit-checkpoints";
    static readonly CancellationToken None = CancellationToken.None;

    readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task A_signature_of_the_vault_is_one_of_the_key_it_is_named_after()
    {
        using var vault = new StubHandler((request, token) => AnswerAsync(request, token));
        var signer = await KeyVaultSigner.OpenAsync(new Uri(Address), new MemoryBlobs.Somebody(), None, vault);
        using var known = CheckpointKey.FromPem(_key.ExportSubjectPublicKeyInfoPem());
        signer.Key.ShouldBe(known.Name);

        var hash = SHA256.HashData("checkpoint"u8);
        var signature = Convert.ToBase64String(await signer.SignAsync(hash, None));
        known.HasSigned(new Checkpoint(1, DateTimeOffset.UnixEpoch, "", 0, "", signer.Key, Convert.ToBase64String(hash), signature)).ShouldBeTrue();
        vault.Asked.ShouldBe(["GET /keys/audit-checkpoints?api-version=7.4", "POST /keys/audit-checkpoints/v1/sign?api-version=7.4"]);
    }

    [Fact]
    public async Task A_key_on_another_curve_is_refused_at_the_start()
    {
        using var vault = new StubHandler(_ => StubHandler.Json("""{"key":{"kid":"x","kty":"EC","crv":"P-384","x":"","y":""}}"""));
        (await Should.ThrowAsync<IOException>(() => KeyVaultSigner.OpenAsync(new Uri(Address), new MemoryBlobs.Somebody(), None, vault))).Message.ShouldContain("P-256");
    }

    [Fact]
    public async Task A_vault_that_refuses_is_told_as_a_key_that_cannot_be_used()
    {
        using var vault = new StubHandler(_ => StubHandler.Json("{}", HttpStatusCode.Forbidden));
        (await Should.ThrowAsync<IOException>(() => KeyVaultSigner.OpenAsync(new Uri(Address), new MemoryBlobs.Somebody(), None, vault))).Message.ShouldContain("403");
    }

    async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Get)
        {
            var q = _key.ExportParameters(includePrivateParameters: false).Q;
            return StubHandler.Json(JsonSerializer.Serialize(new
            {
                key = new { kid = Address + "/v1", kty = "EC", crv = "P-256", x = Base64Url.EncodeToString(q.X), y = Base64Url.EncodeToString(q.Y) },
            }));
        }

        using var asked = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
        asked.RootElement.GetProperty("alg").GetString().ShouldBe("ES256");
        var hash = Base64Url.DecodeFromChars(asked.RootElement.GetProperty("value").GetString());
        var signature = _key.SignHash(hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return StubHandler.Json(JsonSerializer.Serialize(new { kid = Address + "/v1", value = Base64Url.EncodeToString(signature) }));
    }
}
