using System.Globalization;
using System.Net;
using ServerlessSync.Connectors.Http;
using ServerlessSync.TestKit;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Tests.Http;

public sealed class HttpFailuresTests
{
    public static TheoryData<int, FailureKind, FailureKind> Expected => new()
    {
        { 301, FailureKind.Rejected, FailureKind.Rejected },
        { 302, FailureKind.Rejected, FailureKind.Rejected },
        { 307, FailureKind.Rejected, FailureKind.Rejected },
        { 308, FailureKind.Rejected, FailureKind.Rejected },
        { 400, FailureKind.Rejected, FailureKind.Rejected },
        { 401, FailureKind.Unauthorised, FailureKind.Unauthorised },
        { 403, FailureKind.Unauthorised, FailureKind.Unauthorised },
        { 404, FailureKind.NotFound, FailureKind.NotFound },
        { 405, FailureKind.Rejected, FailureKind.Rejected },
        { 407, FailureKind.Unauthorised, FailureKind.Unauthorised },
        { 408, FailureKind.Transient, FailureKind.Transient },
        { 409, FailureKind.Conflict, FailureKind.Conflict },
        { 410, FailureKind.NotFound, FailureKind.NotFound },
        { 412, FailureKind.Conflict, FailureKind.Conflict },
        { 413, FailureKind.Rejected, FailureKind.Rejected },
        { 415, FailureKind.Rejected, FailureKind.Rejected },
        { 421, FailureKind.Transient, FailureKind.Transient },
        { 422, FailureKind.Rejected, FailureKind.Rejected },
        { 423, FailureKind.Conflict, FailureKind.Conflict },
        { 425, FailureKind.Transient, FailureKind.Transient },
        { 429, FailureKind.Throttled, FailureKind.Throttled },
        { 500, FailureKind.Transient, FailureKind.OutcomeUnknown },
        { 501, FailureKind.Rejected, FailureKind.Rejected },
        { 502, FailureKind.Transient, FailureKind.OutcomeUnknown },
        { 503, FailureKind.Transient, FailureKind.OutcomeUnknown },
        { 504, FailureKind.Transient, FailureKind.OutcomeUnknown },
        { 505, FailureKind.Rejected, FailureKind.Rejected },
        { 507, FailureKind.Transient, FailureKind.OutcomeUnknown },
        { 511, FailureKind.Unauthorised, FailureKind.Unauthorised },
        { 599, FailureKind.Transient, FailureKind.OutcomeUnknown },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public void A_status_means_what_the_table_says(int status, FailureKind onRead, FailureKind onWrite)
    {
        HttpFailures.KindOf((HttpStatusCode)status, isWrite: false).ShouldBe(onRead);
        HttpFailures.KindOf((HttpStatusCode)status, isWrite: true).ShouldBe(onWrite);
    }

    [Fact]
    public void Every_row_of_the_table_is_tested() =>
        HttpFailures.Rows.Select(row => (int)row.Status).ShouldBeSubsetOf(Expected.Select(row => (int)row[0]));

    [Fact]
    public void A_read_never_has_an_unknown_outcome() =>
        Enumerable.Range(100, 500).ShouldAllBe(status => HttpFailures.KindOf((HttpStatusCode)status, false) != FailureKind.OutcomeUnknown);

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("soon", null)]
    [InlineData("-5", null)]
    [InlineData("1.5", null)]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData(" 120 ", 120)]
    [InlineData("3600", 3600)]
    [InlineData("3601", 3600)]
    [InlineData("99999999999999999999999999", 3600)]
    [InlineData("Mon, 05 Jan 2026 09:02:00 GMT", 120)]
    [InlineData("Mon, 05 Jan 2026 08:00:00 GMT", 0)]
    [InlineData("Tue, 05 Jan 2038 09:00:00 GMT", 3600)]
    public void Retry_after_is_read_in_all_its_forms(string? value, int? seconds)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-01-05T09:00:00Z", CultureInfo.InvariantCulture));

        HttpFailures.RetryAfterOf(value, clock).ShouldBe(seconds is { } s ? TimeSpan.FromSeconds(s) : null);
    }

    [Fact]
    public void A_retry_after_with_more_digits_than_any_number_holds_is_an_hour() =>
        HttpFailures.RetryAfterOf(new string('9', 400), TimeProvider.System).ShouldBe(TimeSpan.FromHours(1));
}
