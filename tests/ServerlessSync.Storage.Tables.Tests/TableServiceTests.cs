using System.Net;
using Azure.Core;
using Azure.Identity;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Tables.Client;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>What goes over the wire: who signs in, and what fits a transaction.</summary>
public sealed class TableServiceTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_wrong_key_is_refused_by_the_service_and_the_failure_names_the_remedy_and_not_the_key()
    {
        var wrong = Convert.ToBase64String(new byte[32]);
        using var store = new TablesRowStore(TablesOptions.FromConnectionString(azurite.Server.ConnectionString.Replace(azurite.Server.Key, wrong, StringComparison.Ordinal)));

        var failure = await Should.ThrowAsync<StoreException>(async () => await store.GetAsync(new("things", "p", "k"), None));

        failure.Failure.ShouldBe(StoreFailure.Unavailable);
        failure.Message.ShouldContain("403 Auth");
        failure.Message.ShouldContain("account key");
        failure.ToString().ShouldNotContain(wrong);
    }

    [Fact]
    public async Task Every_try_is_dated_and_signed_anew()
    {
        var clock = new FakeTimeProvider();
        var signed = new List<(string Date, string Signature)>();
        using var handler = new StubHandler(request =>
        {
            signed.Add((request.Headers.GetValues("x-ms-date").Single(), request.Headers.GetValues("Authorization").Single()));
            clock.Advance(TimeSpan.FromMinutes(1));
            return signed.Count < 3 ? StubService.Error(503, "ServerBusy") : StubService.Error(404, "ResourceNotFound");
        });
        using var store = new TablesRowStore(StubService.Options, handler, clock);

        (await store.GetAsync(StubService.Address, None)).ShouldBeNull();

        signed.Select(s => s.Date).ShouldBe(["Mon, 05 Jan 2026 09:00:00 GMT", "Mon, 05 Jan 2026 09:01:00 GMT", "Mon, 05 Jan 2026 09:02:00 GMT"]);
        signed.Select(s => s.Signature).Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
        signed.ShouldAllBe(s => s.Signature.StartsWith("SharedKeyLite devstoreaccount1:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_identity_signs_in_with_a_token_for_storage()
    {
        var credential = new Credential();
        var authorization = new List<string>();
        using var handler = new StubHandler(request =>
        {
            authorization.Add(request.Headers.GetValues("Authorization").Single());
            return StubService.Error(404, "ResourceNotFound");
        });
        using var store = new TablesRowStore(TablesOptions.FromIdentity(new Uri("https://example.table.core.windows.net"), credential), handler, TimeProvider.System);

        (await store.GetAsync(StubService.Address, None)).ShouldBeNull();

        authorization.ShouldBe(["Bearer token-1"]);
        credential.Scopes.ShouldBe(["https://storage.azure.com/.default"]);
        handler.Asked.ShouldHaveSingleItem().ShouldBe("GET /things(PartitionKey='p',RowKey='k')");
    }

    [Fact]
    public async Task An_identity_that_cannot_sign_in_is_a_store_that_does_not_answer_and_one_line_says_what_it_needs()
    {
        using var handler = new StubHandler(_ => StubService.Error(404, "ResourceNotFound"));
        using var store = new TablesRowStore(
            TablesOptions.FromIdentity(new Uri("https://example.table.core.windows.net"), new Stranger()), handler, TimeProvider.System);

        var failure = await Should.ThrowAsync<StoreException>(async () => await store.GetAsync(StubService.Address, None));

        failure.Failure.ShouldBe(StoreFailure.Unavailable);
        failure.Message.ShouldContain("no identity.");
        failure.Message.ShouldContain("Storage Table Data Contributor");
        failure.Message.ShouldNotContain("\n");
        handler.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_single_row_goes_without_a_transaction_and_several_rows_with_one()
    {
        using var handler = new StubHandler(request => request.RequestUri!.AbsolutePath.EndsWith("$batch", StringComparison.Ordinal)
            ? StubService.Error(503, "ServerBusy")
            : new HttpResponseMessage(HttpStatusCode.NoContent));
        using var store = StubService.Over(handler);

        (await store.CommitAsync(StubService.Batch(RowWrite.Insert("k", Array.Empty<byte>())), None)).Committed.ShouldBeTrue();
        handler.Asked.ShouldBe(["POST /devstoreaccount1/things"]);
        await Should.ThrowAsync<StoreException>(async () => await store.CommitAsync(StubService.Batch(RowWrite.Insert("j", Array.Empty<byte>()), RowWrite.Insert("k", Array.Empty<byte>())), None));
        handler.Asked[1].ShouldBe("POST /devstoreaccount1/$batch");
    }

    [Fact]
    public async Task An_endpoint_that_ends_in_a_slash_is_the_one_without()
    {
        using var handler = new StubHandler(_ => StubService.Error(404, "ResourceNotFound"));
        using var store = new TablesRowStore(
            TablesOptions.FromConnectionString("AccountName=a;AccountKey=c2VjcmV0;TableEndpoint=http://127.0.0.1:9/a/"), handler, TimeProvider.System);

        (await store.GetAsync(StubService.Address, None)).ShouldBeNull();

        handler.Asked.ShouldHaveSingleItem().ShouldBe("GET /a/things(PartitionKey='p',RowKey='k')");
    }

    [Fact]
    public void Transactions_that_break_a_limit_are_refused_before_they_are_sent()
    {
        Refusal(0).ShouldContain("1 to 100");
        Refusal(101).ShouldContain("1 to 100");
        Refusal(2, partition: i => $"p{i}").ShouldContain("one partition");
        Refusal(2, key: _ => "k").ShouldContain("twice");
        Refusal(5, bytes: 700 * 1024).ShouldContain("4194304 bytes");
    }

    [Fact]
    public async Task The_largest_batch_the_contract_allows_is_a_transaction_the_service_takes()
    {
        using var store = new TablesRowStore(azurite.NewOptions());
        var key = new string('\uffff', StoreLimits.KeyChars - 3);
        var bytes = (StoreLimits.BatchBytes / StoreLimits.BatchRows) - 1024 - (12 * (key.Length + 4));
        var writes = Enumerable.Range(0, StoreLimits.BatchRows).Select(i => RowWrite.Put($"{key}{i:000}", new byte[bytes])).ToArray();

        (await store.CommitAsync(new RowBatch("things", "p", writes), None)).Committed.ShouldBeTrue();

        var row = (await store.GetAsync(new("things", "p", writes[99].Key), None)).ShouldNotBeNull();
        row.Body.Length.ShouldBe(bytes);
        row.Damaged.ShouldBeFalse();
    }

    [Fact]
    public async Task Rows_around_the_size_of_one_property_and_of_one_row_come_back_as_they_were_written()
    {
        using var store = new TablesRowStore(azurite.NewOptions());
        foreach (var size in (int[])[1, 2, 3, 65_535, 65_536, 65_537, 131_072, 131_073, StoreLimits.RowBytes - 1, StoreLimits.RowBytes])
        {
            var body = new byte[size];
            new Random(size).NextBytes(body);
            await store.CommitAsync(new RowBatch("things", "p", RowWrite.Put("k", body)), None);

            var row = (await store.GetAsync(new("things", "p", "k"), None)).ShouldNotBeNull();
            (row.Damaged, row.Body.Span.SequenceEqual(body)).ShouldBe((false, true));
        }
    }

    static string Refusal(int count, Func<int, string>? partition = null, Func<int, string>? key = null, int bytes = 0)
    {
        var actions = Enumerable.Range(0, count).Select(i => new TableTransactionAction(
            TableTransactionActionType.Add, new TableEntity(partition?.Invoke(i) ?? "p", key?.Invoke(i) ?? $"k{i}") { Body = new byte[bytes] })).ToArray();
        return Should.Throw<ArgumentException>(() => TableTransaction.Write("http://127.0.0.1/a/things", actions)).Message;
    }

    sealed class Stranger : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException("Tokens are asked for asynchronously.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new CredentialUnavailableException("no identity.\n- tried this\n- tried that");
    }

    sealed class Credential : TokenCredential
    {
        int _tokens;

        public List<string> Scopes { get; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException("Tokens are asked for asynchronously.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.AddRange(requestContext.Scopes);
            return ValueTask.FromResult(new AccessToken($"token-{++_tokens}", DateTimeOffset.MaxValue));
        }
    }
}
