using System.Net.Sockets;
using Npgsql;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

public sealed class FailureTableTests
{
    // State, what it means for a read, what it means for a write. An example of every row, and states that have none.
    public static TheoryData<string, FailureKind, FailureKind> Rows => new()
    {
        { "08006", FailureKind.Transient, FailureKind.OutcomeUnknown },
        { "08P01", FailureKind.Rejected, FailureKind.Rejected },
        { "25006", FailureKind.Conflict, FailureKind.Conflict },
        { "28000", FailureKind.Unauthorised, FailureKind.Unauthorised },
        { "28P01", FailureKind.Unauthorised, FailureKind.Unauthorised },
        { "3D000", FailureKind.NotFound, FailureKind.NotFound },
        { "40001", FailureKind.Conflict, FailureKind.Conflict },
        { "40P01", FailureKind.Conflict, FailureKind.Conflict },
        { "40003", FailureKind.Transient, FailureKind.OutcomeUnknown },
        { "42501", FailureKind.Unauthorised, FailureKind.Unauthorised },
        { "42704", FailureKind.NotFound, FailureKind.NotFound },
        { "42710", FailureKind.Conflict, FailureKind.Conflict },
        { "23505", FailureKind.Conflict, FailureKind.Conflict },
        { "53100", FailureKind.Transient, FailureKind.Transient },
        { "53300", FailureKind.Transient, FailureKind.Transient },
        { "55006", FailureKind.Conflict, FailureKind.Conflict },
        { "55P03", FailureKind.Conflict, FailureKind.Conflict },
        { "57014", FailureKind.Transient, FailureKind.Transient },
        { "57P01", FailureKind.Transient, FailureKind.OutcomeUnknown },
        { "57P02", FailureKind.Transient, FailureKind.OutcomeUnknown },
        { "57P03", FailureKind.Transient, FailureKind.Transient },
        { "57P05", FailureKind.Transient, FailureKind.Transient },
        { "58030", FailureKind.Transient, FailureKind.Transient },
        { "42601", FailureKind.Rejected, FailureKind.Rejected },
        { "0LP01", FailureKind.Rejected, FailureKind.Rejected },
        { "2BP01", FailureKind.Rejected, FailureKind.Rejected },
        { "XX000", FailureKind.Rejected, FailureKind.Rejected },
        { "", FailureKind.Rejected, FailureKind.Rejected },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_state_means_this(string state, FailureKind reading, FailureKind writing)
    {
        var exception = new PostgresException("text", "ERROR", "ERROR", state);

        PostgreSqlFailures.KindOf(exception, CallPhase.Harmless).ShouldBe(reading);
        PostgreSqlFailures.KindOf(exception, CallPhase.Writing).ShouldBe(writing);
    }

    [Fact]
    public void Every_row_of_the_table_is_tested()
    {
        var tested = Rows.Select(r => (string)((object[])r)[0]).ToList();

        PostgreSqlFailures.Table.ShouldAllBe(row => tested.Exists(t => t.StartsWith(row.State, StringComparison.Ordinal)));
        PostgreSqlFailures.Table.Select(r => r.State).ShouldBeUnique(StringComparer.Ordinal);
    }

    [Fact]
    public void Two_writers_at_one_catalog_row_are_a_conflict() =>
        PostgreSqlFailures.KindOf(new PostgresException("tuple concurrently updated", "ERROR", "ERROR", "XX000"), CallPhase.Writing).ShouldBe(FailureKind.Conflict);

    [Fact]
    public void Silence_leaves_a_write_unknown_and_a_read_harmless()
    {
        Exception[] silences = [new NpgsqlException("gone"), new NpgsqlException("slow", new TimeoutException()), new TimeoutException(), new IOException(), new SocketException()];

        silences.ShouldAllBe(e => PostgreSqlFailures.KindOf(e, CallPhase.Writing) == FailureKind.OutcomeUnknown);
        silences.ShouldAllBe(e => PostgreSqlFailures.KindOf(e, CallPhase.Harmless) == FailureKind.Transient);
    }

    [Fact]
    public void Cancellation_and_our_own_mistakes_are_no_failure_of_the_target()
    {
        PostgreSqlFailures.KindOf(new OperationCanceledException(), CallPhase.Writing).ShouldBeNull();
        PostgreSqlFailures.KindOf(new InvalidCastException(), CallPhase.Writing).ShouldBeNull();
    }
}
