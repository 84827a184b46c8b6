using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Audit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Audit;

public sealed class AuditExportTests : IDisposable
{
    readonly AuditRecord _record = new(new MemoryRowStore());

    public void Dispose() => _record.Dispose();

    [Fact]
    public async Task An_export_holds_all_that_is_needed_to_verify_it_by_itself()
    {
        await LiveAsync();
        await _record.Rows.CommitAsync(new RowBatch(TableNames.Identities, "ada", RowWrite.Delete(AuditChain.PayloadKey(1))), CancellationToken.None);

        var lines = await ReadAsync(new AuditExport(_record.Rows));

        Of(lines, "entry").Count.ShouldBe(5);
        Of(lines, "entry").Count(l => (bool?)l["erased"] == true).ShouldBe(1);
        foreach (var stream in Of(lines, "entry").GroupBy(l => ((string)l["table"]!, (string)l["stream"]!)))
        {
            var at = AuditHead.Empty;
            foreach (var line in stream)
            {
                var entry = line.Deserialize<AuditEntry>(MeshJson.Options)!;
                entry.Hash.ShouldBe(AuditChain.HashOf(entry));
                entry.Previous.ShouldBe(AuditChain.PreviousOf(stream.Key.Item2, at));
                if (line["payload"] is { } payload)
                {
                    AuditChain.HashOf(payload.Deserialize<AuditPayload>(MeshJson.Options)!).ShouldBe(entry.PayloadHash);
                }

                at = new AuditHead(entry.Number, entry.Hash);
            }

            Of(lines, "head").Single(l => (string?)l["stream"] == stream.Key.Item2).Deserialize<AuditHead>(MeshJson.Options).ShouldBe(at);
        }

        foreach (var checkpoint in Of(lines, "checkpoint").Select(l => l.Deserialize<Checkpoint>(MeshJson.Options)!))
        {
            _record.Anchor.Lines.ShouldContain(checkpoint);
            var leaves = Of(lines, "leaf").Where(l => (long?)l["checkpoint"] == checkpoint.Number).Select(l => l.Deserialize<StreamHead>(MeshJson.Options)!);
            CheckpointChain.RootOf(leaves).ShouldBe(checkpoint.Root);
        }
    }

    [Fact]
    public async Task An_export_of_one_identity_tells_nothing_of_others_and_carries_proofs()
    {
        await LiveAsync();

        var lines = await ReadAsync(new AuditExport(_record.Rows) { IdentityId = "bob" });

        lines.ShouldAllBe(l => l["stream"] == null || (string?)l["stream"] == "bob");
        Of(lines, "entry").Count.ShouldBe(1);
        var leaf = Of(lines, "leaf").ShouldHaveSingleItem();
        leaf["index"]!.GetValue<int>().ShouldBe(2);
        leaf["proof"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_export_since_a_moment_holds_what_was_recorded_from_then_on()
    {
        await LiveAsync();
        _record.Clock.Advance(TimeSpan.FromHours(1));
        var since = _record.Clock.GetUtcNow();
        await _record.AddAsync("ada");
        await _record.CheckpointAsync();

        var lines = await ReadAsync(new AuditExport(_record.Rows) { Since = since });

        Of(lines, "entry").ShouldHaveSingleItem()["number"]!.GetValue<long>().ShouldBe(4);
        Of(lines, "checkpoint").ShouldHaveSingleItem()["number"]!.GetValue<long>().ShouldBe(2);
    }

    [Fact]
    public async Task A_damaged_row_is_a_line_that_says_so()
    {
        await LiveAsync();
        await _record.Rows.CommitAsync(new RowBatch(TableNames.Identities, "ada", RowWrite.Put(AuditChain.EntryKey(2), "{"u8.ToArray())), CancellationToken.None);

        var line = Of(await ReadAsync(new AuditExport(_record.Rows)), "damaged").ShouldHaveSingleItem();

        line.ToJsonString().ShouldBe("{\"record\":\"damaged\",\"table\":\"identities\",\"partition\":\"ada\",\"key\":\"audit-000000000002\"}");
    }

    static List<JsonObject> Of(IEnumerable<JsonObject> lines, string record) => [.. lines.Where(l => (string?)l["record"] == record)];

    /// <summary>Through text and back, as a file goes.</summary>
    static async Task<List<JsonObject>> ReadAsync(AuditExport export)
    {
        var lines = new List<JsonObject>();
        await foreach (var line in export.ReadAsync(CancellationToken.None))
        {
            lines.Add(JsonNode.Parse(line.ToJsonString(MeshJson.Options))!.AsObject());
        }

        return lines;
    }

    async Task LiveAsync()
    {
        await _record.AddAsync("ada", 3);
        await _record.AddAsync("bob");
        await _record.AddAsync("system", 1, TableNames.Exceptions);
        await _record.CheckpointAsync();
    }
}
