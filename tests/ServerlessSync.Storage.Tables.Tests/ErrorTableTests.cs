using System.Net;
using System.Text;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>What each answer of the service means to the user of the store.</summary>
public sealed class ErrorTableTests
{
    const string Unavailable = nameof(StoreFailure.Unavailable);
    const string CannotPersist = nameof(StoreFailure.CannotPersist);
    const string Corrupt = nameof(StoreFailure.Corrupt);

    // status, code, what a conditional write becomes, what a read becomes, how often it is sent
    public static TheoryData<int, string, string, string, int> Answers => new()
    {
        { 400, "CommandsInBatchActOnDifferentPartitions", CannotPersist, Corrupt, 1 },
        { 400, "ConditionHeadersNotSupported", CannotPersist, Corrupt, 1 },
        { 400, "DuplicatePropertiesSpecified", CannotPersist, Corrupt, 1 },
        { 400, "EntityTooLarge", CannotPersist, Corrupt, 1 },
        { 400, "InvalidDuplicateRow", CannotPersist, Corrupt, 1 },
        { 400, "InvalidHeaderValue", CannotPersist, Corrupt, 1 },
        { 400, "InvalidInput", CannotPersist, Corrupt, 1 },
        { 400, "InvalidValueType", CannotPersist, Corrupt, 1 },
        { 400, "OutOfRangeInput", CannotPersist, Corrupt, 1 },
        { 400, "PropertiesNeedValue", CannotPersist, Corrupt, 1 },
        { 400, "PropertyNameInvalid", CannotPersist, Corrupt, 1 },
        { 400, "PropertyNameTooLong", CannotPersist, Corrupt, 1 },
        { 400, "PropertyValueTooLarge", CannotPersist, Corrupt, 1 },
        { 400, "TooManyProperties", CannotPersist, Corrupt, 1 },
        { 400, "XMethodNotUsingPost", CannotPersist, Corrupt, 1 },
        { 401, "NoAuthenticationInformation", Unavailable, Unavailable, 1 },
        { 403, "AuthenticationFailed", Unavailable, Unavailable, 1 },
        { 403, "AuthorizationFailure", Unavailable, Unavailable, 1 },
        { 403, "AuthorizationPermissionMismatch", Unavailable, Unavailable, 1 },
        { 403, "AccountIsDisabled", CannotPersist, CannotPersist, 1 },
        { 403, "InsufficientAccountPermissions", CannotPersist, CannotPersist, 1 },
        { 404, "ResourceNotFound", "conflict", "absent", 1 },
        { 404, "EntityNotFound", "conflict", "absent", 1 },
        { 404, "TableNotFound", Unavailable, "absent", 3 },
        { 404, "", CannotPersist, Corrupt, 1 },
        { 405, "MethodNotAllowed", CannotPersist, Corrupt, 1 },
        { 408, "OperationTimedOut", Unavailable, Unavailable, 3 },
        { 409, "EntityAlreadyExists", "conflict", Unavailable, 1 },
        { 409, "TableBeingDeleted", Unavailable, Unavailable, 1 },
        { 409, "AccountBeingCreated", Unavailable, Unavailable, 1 },
        { 412, "UpdateConditionNotSatisfied", "conflict", Unavailable, 1 },
        { 413, "RequestBodyTooLarge", CannotPersist, Corrupt, 1 },
        { 415, "JsonFormatNotSupported", CannotPersist, Corrupt, 1 },
        { 415, "AtomFormatNotSupported", CannotPersist, Corrupt, 1 },
        { 429, "TooManyRequests", Unavailable, Unavailable, 3 },
        { 500, "InternalError", Unavailable, Unavailable, 3 },
        { 500, "OperationTimedOut", Unavailable, Unavailable, 3 },
        { 501, "NotImplemented", CannotPersist, Corrupt, 1 },
        { 502, "", Unavailable, Unavailable, 3 },
        { 503, "ServerBusy", Unavailable, Unavailable, 3 },
        { 504, "", Unavailable, Unavailable, 3 },
        { 302, "", Unavailable, Unavailable, 1 },
        { 599, "", Unavailable, Unavailable, 1 },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Every_answer_of_the_service_is_a_conflict_an_absence_or_a_typed_failure(int status, string code, string write, string read, int sends)
    {
        var handler = new StubHandler(_ => StubService.Error(status, code));
        using var store = StubService.Over(handler);

        (await OutcomeAsync(async () => (await store.CommitAsync(StubService.Batch(RowWrite.Insert("k", Array.Empty<byte>())), CancellationToken.None)).Committed ? "committed" : "conflict"))
            .ShouldBe(write);
        handler.Asked.Count.ShouldBe(code == "TableNotFound" ? 2 : sends);
        (await OutcomeAsync(async () => await store.GetAsync(StubService.Address, CancellationToken.None) is null ? "absent" : "row")).ShouldBe(read);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Inside_a_transaction_an_answer_means_the_same(int status, string code, string write, string read, int sends)
    {
        (read.Length + sends).ShouldBePositive();
        using var store = StubService.Over(new StubHandler(request => request.RequestUri!.AbsolutePath.EndsWith("$batch", StringComparison.Ordinal)
            ? Part(status, code)
            : StubService.Error(status, code)));

        (await OutcomeAsync(async () => (await store.CommitAsync(Two(), CancellationToken.None)).ConflictAt == 1 ? "conflict" : "committed")).ShouldBe(write);
    }

    [Fact]
    public async Task An_error_in_xml_is_understood_as_one_in_json()
    {
        var xml = "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><error xmlns=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\"><code>AccountIsDisabled</code><message>x</message></error>";
        using var store = StubService.Over(new StubHandler(_ => new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new StringContent(xml, Encoding.UTF8, "application/xml") }));

        (await OutcomeAsync(async () => (await store.GetAsync(StubService.Address, CancellationToken.None))!.Key)).ShouldBe(CannotPersist);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("<html")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><code>&e;</code>")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"odata.error\":7}")]
    [InlineData("{\"odata.error\":{\"code\":null,\"message\":null}}")]
    public async Task An_error_without_a_readable_body_goes_by_its_status(string body)
    {
        using var store = StubService.Over(new StubHandler(_ => new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new StringContent(body) }));

        (await OutcomeAsync(async () => (await store.GetAsync(StubService.Address, CancellationToken.None))!.Key)).ShouldBe(Unavailable);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{\"value\":7}")]
    [InlineData("{\"value\":[{\"PartitionKey\":\"p\"}]}")]
    [InlineData("{\"value\":[")]
    [InlineData("{\"other\":[]}")]
    public async Task An_answer_that_is_no_answer_is_corrupt(string body)
    {
        using var store = StubService.Over(new StubHandler(_ => StubHandler.Json(body)));

        (await OutcomeAsync(async () => (await StubService.ScanAsync(store)).Count.ToString(System.Globalization.CultureInfo.InvariantCulture))).ShouldBe(Corrupt);
        (await OutcomeAsync(async () => (await store.GetAsync(StubService.Address, CancellationToken.None))!.Key)).ShouldBe(Corrupt);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 what\r\n\r\nHTTP/1.1 204\r\n\r\n")]
    [InlineData("HTTP/1.1 204")]
    public async Task A_transaction_whose_answer_cannot_be_read_is_corrupt(string body)
    {
        using var store = StubService.Over(new StubHandler(_ => new HttpResponseMessage(HttpStatusCode.Accepted) { Content = new StringContent(body) }));

        (await OutcomeAsync(async () => (await store.CommitAsync(Two(), CancellationToken.None)).Committed ? "committed" : "conflict")).ShouldBe(Corrupt);
    }

    [Fact]
    public async Task No_answer_at_all_is_unavailable()
    {
        using var store = StubService.Over(new StubHandler((_, _) => throw new HttpRequestException("no route")));

        (await OutcomeAsync(async () => (await store.GetAsync(StubService.Address, CancellationToken.None))!.Key)).ShouldBe(Unavailable);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_in_time_is_unavailable()
    {
        using var handler = new StubHandler(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return new HttpResponseMessage();
        });
        using var store = new TablesRowStore(StubService.Options with { RequestTimeout = TimeSpan.FromMilliseconds(20) }, handler, TimeProvider.System);

        (await OutcomeAsync(async () => (await store.GetAsync(StubService.Address, CancellationToken.None))!.Key)).ShouldBe(Unavailable);
        handler.Asked.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("Retry-After", "1000000000")]
    [InlineData("Retry-After", "Tue, 31 Dec 2999 23:59:59 GMT")]
    [InlineData("retry-after-ms", "50")]
    [InlineData("x-ms-retry-after-ms", "50")]
    public async Task A_service_that_asks_for_a_longer_wait_than_we_grant_is_not_waited_for(string header, string wait)
    {
        var handler = new StubHandler(_ =>
        {
            var busy = StubService.Error(503, "ServerBusy");
            busy.Headers.TryAddWithoutValidation(header, wait);
            return busy;
        });
        using var store = StubService.Over(handler);

        (await OutcomeAsync(async () => (await store.GetAsync(StubService.Address, CancellationToken.None))!.Key)).ShouldBe(Unavailable);
        handler.Asked.Count.ShouldBe(1);
    }

    static RowBatch Two() => StubService.Batch(RowWrite.Insert("j", Array.Empty<byte>()), RowWrite.Insert("k", Array.Empty<byte>()));

    static HttpResponseMessage Part(int status, string code) => new(HttpStatusCode.Accepted)
    {
        Content = new StringContent(
            "--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n--changesetresponse_1\r\nContent-Type: application/http\r\n\r\n" +
            $"HTTP/1.1 {status} Something\r\nContent-ID: 2\r\nContent-Type: application/json\r\n\r\n" +
            $"{{\"odata.error\":{{\"code\":\"{code}\",\"message\":{{\"lang\":\"en-US\",\"value\":\"1:text\\nRequestId:x\"}}}}}}\r\n" +
            "--changesetresponse_1--\r\n--batchresponse_1--\r\n"),
    };

    static async Task<string> OutcomeAsync(Func<Task<string>> call)
    {
        try
        {
            return await call();
        }
        catch (StoreException e)
        {
            return e.Failure.ToString();
        }
    }
}
