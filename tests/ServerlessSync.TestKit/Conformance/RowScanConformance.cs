using ServerlessSync.Mesh.Storage;
using Shouldly;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>What every row store must do: its commits and its ranges.</summary>
public abstract class RowScanConformance : RowStoreConformance
{
    protected async Task<IReadOnlyList<string>> Query(KeyRange range, string partition = Partition)
    {
        var keys = new List<string>();
        await foreach (var row in Store.QueryAsync(Table, partition, range, None))
        {
            keys.Add(row.Key);
        }

        return keys;
    }

    protected Task<IReadOnlyList<string>> Scan(KeyRange partitions, string table = Table) => Names(Store.ScanAsync(table, partitions, None));

    protected Task<IReadOnlyList<string>> Scan(KeyRange partitions, IReadOnlyList<KeyRange> keys) => Names(Store.ScanAsync(Table, partitions, keys, None));

    static async Task<IReadOnlyList<string>> Names(IAsyncEnumerable<Row> scanned)
    {
        var rows = new List<string>();
        await foreach (var row in scanned)
        {
            rows.Add($"{row.Partition}/{row.Key}");
        }

        return rows;
    }

    protected async Task Fill(string partition, params string[] keys)
    {
        foreach (var chunk in keys.Chunk(StoreLimits.BatchRows))
        {
            (await Store.CommitAsync(new(Table, partition, [.. chunk.Select(key => RowWrite.Put(key, Body(key)))]), None)).Committed.ShouldBeTrue();
        }
    }

    /// <summary>Changes stored bytes of a row behind the store's back; false for a store, such as one in memory, that keeps none.</summary>
    protected virtual Task<bool> DamageAsync(RowAddress address) => Task.FromResult(false);

    [Fact]
    public async Task A_damaged_row_is_told_without_its_body_and_the_sound_ones_around_it_are_read()
    {
        await Fill(Partition, "a", "b", "c");
        if (!await DamageAsync(new(Table, Partition, "b")))
        {
            return;
        }

        var read = (await Get("b")).ShouldNotBeNull();
        (read.Damaged, read.Body.IsEmpty).ShouldBe((true, true));
        foreach (var rows in (IAsyncEnumerable<Row>[])[Store.QueryAsync(Table, Partition, KeyRange.All, None), Store.ScanAsync(Table, KeyRange.All, None)])
        {
            var seen = new List<string>();
            await foreach (var row in rows)
            {
                seen.Add($"{row.Key} {row.Damaged} {Text(row)}");
            }

            seen.ShouldBe(["a False a", "b True ", "c False c"]);
        }

        (await Commit(RowWrite.Replace("b", read.ETag, Body("mended")), RowWrite.Put("a", Body("next")))).Committed.ShouldBeTrue();
        (Text(await Get("b")), Text(await Get("a"))).ShouldBe(("mended", "next"));
    }

    [Fact]
    public async Task A_scan_of_some_keys_gives_what_a_scan_gives_of_those_keys()
    {
        var random = new Random(7);
        string[] kinds = ["account-", "audit-", "grant-", "lane", "payload-", "record"];
        foreach (var partition in Enumerable.Range(0, 40))
        {
            // More of a partition than one page, now and then, and between its ends nothing that is asked for.
            var keys = Enumerable.Range(0, partition % 13 == 5 ? 300 : random.Next(1, 12)).Select(n => $"{kinds[random.Next(kinds.Length)]}{n:D3}");
            await Fill($"p{partition:D2}", [.. keys]);
        }

        foreach (var ranges in (KeyRange[][])
        [
            [KeyRange.StartingWith("account-"), KeyRange.StartingWith("grant-"), KeyRange.StartingWith("record")],
            [KeyRange.StartingWith("lane")],
            [new("grant-001", "grant-002"), new("payload-2", null)],
            [KeyRange.StartingWith("nothing")],
            [KeyRange.All],
        ])
        {
            foreach (var partitions in (KeyRange[])[KeyRange.All, new("p05", "p31"), new("p2", null)])
            {
                var wanted = (await Scan(partitions)).Where(row => ranges.Any(range => range.Contains(row[(row.IndexOf('/') + 1)..])));
                (await Scan(partitions, ranges)).ShouldBe(wanted);
            }
        }
    }

    [Fact]
    public async Task An_unknown_table_or_partition_has_no_rows()
    {
        (await Query(KeyRange.All)).ShouldBeEmpty();
        (await Query(KeyRange.All, "a/b")).ShouldBeEmpty();
        (await Scan(KeyRange.All, "unknown")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rows_come_in_ordinal_order_whatever_order_they_were_written_in()
    {
        string[] keys = ["b", "B", "a", "~", "-", "a~", "a-", "aa", "ä", "_", "9", "10", "\ue000", "\uffff", "\u00a0"];
        await Fill(Partition, keys);

        (await Query(KeyRange.All)).ShouldBe(keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_range_includes_its_beginning_and_excludes_its_end()
    {
        await Fill(Partition, "a", "b", "c", "d");

        (await Query(new("b", "d"))).ShouldBe(["b", "c"]);
        (await Query(new("bb", null))).ShouldBe(["c", "d"]);
        (await Query(new("c", "c"))).ShouldBeEmpty();
        (await Query(new("d", "a"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_prefix_range_has_every_key_that_begins_so_and_no_other()
    {
        await Fill(Partition, "a", "ab", "ab~", "ab\uffff", "abc", "ac", "b", "aB");

        (await Query(KeyRange.StartingWith("ab"))).ShouldBe(["ab", "abc", "ab~", "ab\uffff"]);
        (await Query(KeyRange.StartingWith("~"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_range_that_ends_in_a_surrogate_ends_before_the_characters_above_them()
    {
        await Fill(Partition, "\ud7ff", "\ud7ffx", "\ue000", "\ufffd");

        (await Query(KeyRange.StartingWith("\ud7ff"))).ShouldBe(["\ud7ff", "\ud7ffx"]);
        (await Query(new("\ud800\udc00", null))).ShouldBe(["\ue000", "\ufffd"]);
        (await Scan(new("\ud800", null))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_query_stays_within_its_partition()
    {
        await Fill("p", "a");
        await Fill("p~", "b");
        await Fill("o", "c");

        (await Query(KeyRange.All)).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_scan_goes_through_partitions_and_keys_in_order()
    {
        await Fill("b", "2", "1");
        await Fill("a", "z", "~");
        await Fill("a-", "y");
        await Fill("c", "x");

        (await Scan(KeyRange.All)).ShouldBe(["a/z", "a/~", "a-/y", "b/1", "b/2", "c/x"]);
        (await Scan(new("a-", "c"))).ShouldBe(["a-/y", "b/1", "b/2"]);
        (await Scan(KeyRange.StartingWith("a"))).ShouldBe(["a/z", "a/~", "a-/y"]);
    }

    [Fact]
    public async Task Long_queries_and_scans_miss_nothing_and_repeat_nothing()
    {
        var keys = Enumerable.Range(0, 1025).Select(i => $"k{i:0000}").ToArray();
        await Fill(Partition, keys);
        await Fill("q", keys);

        (await Query(KeyRange.All)).ShouldBe(keys);
        (await Scan(KeyRange.All)).ShouldBe([.. keys.Select(k => $"p/{k}"), .. keys.Select(k => $"q/{k}")]);
    }

    [Fact]
    public async Task Large_rows_come_through_a_scan_whole()
    {
        for (var i = 0; i < 5; i++)
        {
            await Commit(RowWrite.Insert($"k{i}", new byte[StoreLimits.RowBytes]));
        }

        var sizes = new List<int>();
        await foreach (var row in Store.ScanAsync(Table, KeyRange.All, None))
        {
            sizes.Add(row.Body.Length);
        }

        sizes.ShouldBe(Enumerable.Repeat(StoreLimits.RowBytes, 5));
    }

    [Fact]
    public async Task A_scan_sees_rows_that_nobody_touches_exactly_once_while_others_come_and_go()
    {
        var still = Enumerable.Range(0, 1500).Select(i => $"s{i:0000}").ToArray();
        await Fill(Partition, still);
        var seen = new List<string>();
        var turn = 0;
        await foreach (var row in Store.ScanAsync(Table, KeyRange.All, None))
        {
            seen.Add(row.Key);
            if (++turn % 10 == 0)
            {
                await Fill(Partition, $"{row.Key}~new", $"a{turn}");
                await Commit(RowWrite.Delete($"a{turn}"));
            }
        }

        seen.Where(key => key.Length == 5).ShouldBe(still);
        seen.Distinct(StringComparer.Ordinal).Count().ShouldBe(seen.Count);
    }

    [Fact]
    public async Task A_scan_whose_consumer_stops_early_leaves_the_store_usable()
    {
        await Fill(Partition, [.. Enumerable.Range(0, 600).Select(i => $"k{i:0000}")]);
        for (var i = 0; i < 20; i++)
        {
            await foreach (var row in Store.QueryAsync(Table, Partition, KeyRange.All, None))
            {
                row.Key.ShouldBe("k0000");
                break;
            }
        }

        (await Query(KeyRange.All)).Count.ShouldBe(600);
    }

    [Fact]
    public async Task A_cancelled_scan_stops()
    {
        await Fill(Partition, "a", "b");
        using var stop = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var row in Store.ScanAsync(Table, KeyRange.All, stop.Token))
            {
                row.Key.ShouldBe("a");
                await stop.CancelAsync();
            }
        });
    }
}
