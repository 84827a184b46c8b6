using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using Shouldly;

namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>Rows of the history changed behind its back while the file is open: the run they belong to is lost to the engine, and no other.</summary>
public sealed class DamagedRunTests : IAsyncLifetime, IDisposable
{
    readonly TempFolder _folder = new();
    SqliteDatabase _database = null!;
    SqliteWorkflowHistory _history = null!;

    static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        _database = _folder.Open();
        _history = new(_database, TimeProvider.System);
        await _history.AcquireAsync(ProcessIdentity.Current(), TimeSpan.FromHours(1), None);
        foreach (var id in (string[])["r1", "r2", "r3"])
        {
            await _history.CreateAsync(new(Sample.Run(id) with { Input = "{\"n\":1}", CustomStatus = "\"c\"" }, [new byte[60], new byte[60]], "parent"), None);
            await _history.CommitTurnAsync(new() { Instance = Run(id), ExpectedEvents = 2, NewEvents = [new byte[60]] }, None);
            await _history.AddMessageAsync(id, new byte[60], None);
        }
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("UPDATE instances SET name = 'leaver' WHERE id = 'r2'", true)]
    [InlineData("UPDATE instances SET version = '2' WHERE id = 'r2'", true)]
    [InlineData("UPDATE instances SET status = 0 WHERE id = 'r2'", true)]
    [InlineData("UPDATE instances SET created = created + 1 WHERE id = 'r2'", true)]
    [InlineData("UPDATE instances SET updated = updated + 1 WHERE id = 'r2'", true)]
    [InlineData("UPDATE instances SET events = events + 1 WHERE id = 'r2'", true)]
    [InlineData("UPDATE instances SET parent = NULL WHERE id = 'r2'", true)]
    [InlineData("UPDATE instances SET failure = CAST('{' AS BLOB) WHERE id = 'r2'", true)]
    [InlineData("UPDATE instances SET seal = seal + 1 WHERE id = 'r2'", true)]
    [InlineData("UPDATE instances SET custom = '\"d\"' WHERE id = 'r2'", true)]
    [InlineData("UPDATE instances SET output = '' WHERE id = 'r2'", true)]
    [InlineData("UPDATE instances SET input = NULL WHERE id = 'r2'", true)]
    [InlineData("UPDATE instances SET (custom, input, content_seal) = (SELECT custom, input, content_seal FROM instances WHERE id = 'r1') WHERE id = 'r2'", true)]
    [InlineData("UPDATE events SET body = zeroblob(length(body)) WHERE inst = 2 AND first = 2", false)]
    [InlineData("DELETE FROM events WHERE inst = 2 AND first = 2", false)]
    [InlineData("UPDATE events SET inst = 2, first = 3 WHERE inst = 1 AND first = 2; UPDATE instances SET status = status WHERE id = 'r2'", false)]
    [InlineData("UPDATE messages SET body = zeroblob(59) WHERE inst = 2", false)]
    [InlineData("UPDATE messages SET number = number + 100 WHERE inst = 2", false)]
    public async Task A_damaged_run_is_named_and_the_others_are_read_and_go_on(string damage, bool inState)
    {
        FileSql.Run(_folder.File, damage).ShouldBe(1);

        await ShouldNameR2(() => _history.LoadAsync("r2", None));
        if (inState)
        {
            await ShouldNameR2(() => _history.GetAsync("r2", None));
        }

        (await Unfinished()).ShouldBe(["r1", "r2", "r3"]);
        var listed = await _history.ListAsync(new() { FetchInputsAndOutputs = true, PageSize = 1 }, None);
        listed.Instances.ShouldHaveSingleItem().InstanceId.ShouldBe("r1");
        listed = await _history.ListAsync(new() { FetchInputsAndOutputs = true, ContinuationToken = listed.ContinuationToken }, None);
        listed.Instances.Select(i => i.InstanceId).ShouldBe(inState ? ["r3"] : ["r2", "r3"]);
        await GoOn("r3");
    }

    [Fact]
    public async Task A_turn_or_a_message_for_a_run_whose_state_is_damaged_is_refused_alone()
    {
        FileSql.Run(_folder.File, "UPDATE instances SET status = 3 WHERE id = 'r2'").ShouldBe(1);

        var turn = _history.CommitTurnAsync(new() { Instance = Run("r2"), ExpectedEvents = 3 }, None);
        var message = _history.AddMessageAsync("r2", new byte[1], None);
        var other = _history.CommitTurnAsync(new() { Instance = Run("r1"), ExpectedEvents = 3, Messages = [new("r2", new byte[1])] }, None);

        await ShouldNameR2(() => turn);
        await ShouldNameR2(() => message);
        (await other).Messages.ShouldBe([new(SignalResult.NotFound, 0)]);
        await GoOn("r3");
    }

    [Fact]
    public async Task A_page_lost_while_the_file_is_open_stops_the_writer_for_good()
    {
        FileSql.Run(_folder.File, "PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage = 1000000 WHERE name = 'messages'; PRAGMA schema_version = 1000");

        await Should.ThrowAsync<StoreException>(() => _history.AddMessageAsync("r1", new byte[1], None));
        var next = await Should.ThrowAsync<StoreException>(() => _history.CreateAsync(new(Run("next"), []), None));
        (next.Failure, next.Message.Contains(_folder.File, StringComparison.Ordinal)).ShouldBe((StoreFailure.Corrupt, true));
    }

    static WorkflowInstance Run(string id) => Sample.Run(id) with { Input = "{\"n\":1}", CustomStatus = "\"c\"" };

    static async Task ShouldNameR2(Func<Task> call)
    {
        var failure = await Should.ThrowAsync<StoreException>(call);
        failure.Failure.ShouldBe(StoreFailure.Corrupt);
        failure.Message.ShouldContain("'r2'");
    }

    /// <summary>The file takes writes, and what is read of a sound run is what was written.</summary>
    async Task GoOn(string id)
    {
        await _history.CommitTurnAsync(new() { Instance = Run(id), ExpectedEvents = 3, NewEvents = [new byte[10]] }, None);
        var run = (await _history.LoadAsync(id, None)).ShouldNotBeNull();
        (run.Events.Count, run.Messages.Count, run.ParentInstanceId).ShouldBe((4, 1, "parent"));
    }

    async Task<List<string>> Unfinished()
    {
        var ids = new List<string>();
        await foreach (var id in _history.ReadUnfinishedAsync(None))
        {
            ids.Add(id);
        }

        return ids;
    }
}
