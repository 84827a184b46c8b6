using System.Diagnostics;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Storage.Sqlite.Tests;

public sealed class LeaseTests : IDisposable
{
    static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);
    readonly TempFolder _folder = new();
    readonly FakeTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_lease_of_a_dead_process_of_this_machine_is_taken_at_once()
    {
        using var child = Process.Start(new ProcessStartInfo("true")).ShouldNotBeNull();
        await child.WaitForExitAsync();

        (await IsTakenAtOnceFrom(ProcessIdentity.Current() with { ProcessId = child.Id })).ShouldBeTrue();
    }

    [Fact]
    public async Task The_lease_of_a_process_whose_id_was_given_to_another_is_taken_at_once()
    {
        var me = ProcessIdentity.Current();

        (await IsTakenAtOnceFrom(me with { ProcessStart = me.ProcessStart - 1 })).ShouldBeTrue();
    }

    [Fact]
    public async Task The_lease_of_a_living_process_is_not_taken_before_its_time() =>
        (await IsTakenAtOnceFrom(ProcessIdentity.Current())).ShouldBeFalse();

    [Fact]
    public async Task The_lease_of_a_process_of_another_machine_is_not_taken_before_its_time() =>
        (await IsTakenAtOnceFrom(ProcessIdentity.Current() with { Machine = "elsewhere", ProcessStart = 1 })).ShouldBeFalse();

    async Task<bool> IsTakenAtOnceFrom(HistoryOwner holder)
    {
        await using var database = _folder.Open();
        await new SqliteWorkflowHistory(database, _clock).AcquireAsync(holder, LeaseTime, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var taking = new SqliteWorkflowHistory(database, _clock).AcquireAsync(ProcessIdentity.Current(), LeaseTime, stop.Token);
        var waits = _clock.WaitForTimerAsync(LeaseTime, stop.Token);
        var taken = await Task.WhenAny(taking, waits) == taking;
        await stop.CancelAsync();
        return taken;
    }
}
