using System.Collections.Concurrent;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;
using Shouldly;

namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>Copies made while writers write, and copies put back.</summary>
public sealed class BackupTests : IDisposable
{
    readonly TempFolder _folder = new();
    readonly TempFolder _other = new();

    static CancellationToken None => CancellationToken.None;

    string Copy => Path.Combine(Path.GetDirectoryName(_folder.File)!, "backup.db");

    public void Dispose()
    {
        _folder.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task A_backup_under_load_has_every_commit_acknowledged_before_it_began_and_its_audit_chains_hold()
    {
        await using var database = _folder.Open();
        var history = new SqliteWorkflowHistory(database, TimeProvider.System);
        await history.AcquireAsync(ProcessIdentity.Current(), TimeSpan.FromHours(1), None);
        using var load = new Load(new MeshStores(new SqliteRowStore(database), TimeProvider.System).Partitions, history);
        for (var round = 0; round < 3; round++)
        {
            await load.GoOnAsync(100);
            var before = load.Acknowledged();
            var copy = Copy + round;

            var content = SqliteBackup.Write(_folder.File, copy);

            (content.Schema, content.Damaged).ShouldBe((2, 0));
            await ShouldHoldAsync(copy, before);
        }

        await load.EndAsync();
    }

    [Fact]
    public async Task A_restored_copy_is_the_store_as_it_was_and_its_lease_is_free()
    {
        IReadOnlyList<string> image;
        await using (var database = _folder.Open())
        {
            await StoreImage.FillAsync(database);
            image = await StoreImage.ReadAsync(database);
            SqliteBackup.Write(_folder.File, Copy);
        }

        SqliteBackup.Restore(Copy, _other.File);

        SqliteBackup.FindHost(_other.File).ShouldBeNull();
        await using var restored = _other.Open();
        (await StoreImage.ReadAsync(restored)).ShouldBe(image);
        var elsewhere = new HistoryOwner("elsewhere", 1, 1);
        await new SqliteWorkflowHistory(restored, TimeProvider.System).AcquireAsync(elsewhere, TimeSpan.FromHours(1), None);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Copy).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.GetUnixFileMode(_other.File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task A_copy_of_a_dead_hosts_files_with_their_log_is_restored_whole()
    {
        IReadOnlyList<string> image;
        await using (var database = _folder.Open())
        {
            await StoreImage.FillAsync(database);
            image = await StoreImage.ReadAsync(database);
            File.Copy(_folder.File, Copy);
            File.Copy(_folder.File + "-wal", Copy + "-wal");
        }

        SqliteBackup.Restore(Copy, _other.File);

        await using var restored = _other.Open();
        (await StoreImage.ReadAsync(restored)).ShouldBe(image);
    }

    [Fact]
    public async Task A_copy_of_schema_1_is_made_and_restored_and_carried_over_when_it_is_opened()
    {
        SchemaOne.Create(_folder.File);
        var before = SchemaOne.Read(_folder.File);

        SqliteBackup.Write(_folder.File, Copy).Schema.ShouldBe(1);
        SqliteBackup.Restore(Copy, _other.File);
        await _other.Open().DisposeAsync();

        (SchemaOne.Version(_folder.File), SchemaOne.Version(_other.File)).ShouldBe(("1", "2"));
        SchemaOne.Read(_other.File).ShouldBe(before);
    }

    [Fact]
    public async Task Damaged_rows_are_copied_as_they_are_and_counted()
    {
        await using (var database = _folder.Open())
        {
            await StoreImage.FillAsync(database);
        }

        FileSql.Run(_folder.File, "UPDATE rows SET body = zeroblob(3) WHERE rk = 'b'; UPDATE messages SET body = zeroblob(3)");

        SqliteBackup.Write(_folder.File, Copy).Damaged.ShouldBe(3);
        SqliteBackup.Restore(Copy, _other.File).Damaged.ShouldBe(3);
    }

    [Fact]
    public async Task Nothing_is_written_over_and_nothing_is_left_of_what_failed()
    {
        await _folder.Open().DisposeAsync();
        await _other.Open().DisposeAsync();
        File.WriteAllText(Copy, new string('x', 5000));

        Should.Throw<IOException>(() => SqliteBackup.Write(_folder.File, Copy)).Message.ShouldContain(Copy);
        Should.Throw<IOException>(() => SqliteBackup.Restore(_folder.File, _other.File)).Message.ShouldContain(_other.File);
        File.Delete(_other.File);
        Should.Throw<StoreException>(() => SqliteBackup.Restore(Copy, _other.File)).Failure.ShouldBe(StoreFailure.Corrupt);
        File.WriteAllText(_other.File + "-wal", "a log of something else");
        Should.Throw<IOException>(() => SqliteBackup.Restore(_folder.File, _other.File)).Message.ShouldContain("-wal");

        Directory.GetFiles(Path.GetDirectoryName(_other.File)!).ShouldBe([_other.File + "-wal"]);
        File.ReadAllText(Copy).ShouldBe(new string('x', 5000));
    }

    [Fact]
    public async Task A_copy_of_a_later_schema_is_refused()
    {
        await _folder.Open().DisposeAsync();
        FileSql.Run(_folder.File, "PRAGMA user_version = 9");

        Should.Throw<StoreException>(() => SqliteBackup.Restore(_folder.File, _other.File)).Message.ShouldContain("schema 9");
        File.Exists(_other.File).ShouldBeFalse();
    }

    static async Task ShouldHoldAsync(string copy, string[] acknowledged)
    {
        await using var database = SqliteDatabase.Open(new(copy));
        var rows = new SqliteRowStore(database);
        var history = new SqliteWorkflowHistory(database, TimeProvider.System);
        var report = await new AuditVerifier(rows).VerifyAsync(None);
        report.Faults.ShouldBeEmpty();
        report.Entries.ShouldBeGreaterThanOrEqualTo(acknowledged.Length);
        acknowledged.Length.ShouldBeGreaterThanOrEqualTo(100);
        foreach (var said in acknowledged)
        {
            var parts = said.Split(' ');
            (await rows.GetAsync(new(TableNames.Identities, parts[0], parts[1]), None)).ShouldNotBeNull();
            (await history.LoadAsync($"{parts[0]}:{parts[1]}", None)).ShouldNotBeNull().Events.Count.ShouldBe(1);
        }
    }

    /// <summary>Writers that add a row, an audit entry and a run each time, until they are told to end.</summary>
    sealed class Load : IDisposable
    {
        readonly CancellationTokenSource _ending = new();
        readonly ConcurrentQueue<string> _acknowledged = new();
        readonly SemaphoreSlim _written = new(0);
        readonly Task _writers;

        public Load(Partitions partitions, SqliteWorkflowHistory history) =>
            _writers = Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => WriteAsync($"id-{n}", partitions, history))));

        public string[] Acknowledged() => [.. _acknowledged];

        /// <summary>Returns when so many more have been acknowledged.</summary>
        public async Task GoOnAsync(int commits)
        {
            for (var i = 0; i < commits; i++)
            {
                await _written.WaitAsync();
            }
        }

        public async Task EndAsync()
        {
            await _ending.CancelAsync();
            await _writers;
        }

        public void Dispose()
        {
            _ending.Dispose();
            _written.Dispose();
        }

        async Task WriteAsync(string identity, Partitions partitions, SqliteWorkflowHistory history)
        {
            for (var step = 0; !_ending.IsCancellationRequested; step++)
            {
                var key = $"row-{step}";
                await partitions.EditIdentityAsync(
                    identity,
                    edit =>
                    {
                        edit.Save(key, new string('x', 200));
                        edit.Audit(AuditDraft.Of($"run:{key}", AuditKind.Verified, key));
                        return Task.FromResult(true);
                    },
                    None);
                await history.CreateAsync(new(Sample.Run($"{identity}:{key}"), [new byte[40]]), None);
                _acknowledged.Enqueue($"{identity} {key}");
                _written.Release();
            }
        }
    }
}
