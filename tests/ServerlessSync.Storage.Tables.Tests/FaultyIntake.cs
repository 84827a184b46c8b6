using System.Collections.Concurrent;
using System.Globalization;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>Senders who deliver events until each is recorded and in its lane, as the intake does it.</summary>
sealed class FaultyIntake(MeshStores stores)
{
    const int Identities = 3;

    readonly ConcurrentDictionary<string, int> _new = new(StringComparer.Ordinal);
    int _events;

    public async Task RunAsync(int senders, int eventsEach) =>
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < eventsEach; i++)
            {
                await DeliverAsync(Interlocked.Increment(ref _events));
            }
        })));

    /// <summary>What honest stores hold, in one line for each identity and one for everything.</summary>
    public static async Task<string> StateAsync(MeshStores honest)
    {
        var lanes = new List<long>();
        for (var identity = 0; identity < Identities; identity++)
        {
            lanes.Add((await honest.Partitions.ReadAsync<Lane>(TableNames.Identities, $"id{identity}", "lane", CancellationToken.None))!.Last);
        }

        var received = new HashSet<InboxKey>();
        await foreach (var key in honest.Inbox.ReadReceivedAsync("hr", CancellationToken.None))
        {
            received.Add(key);
        }

        var report = await new AuditVerifier(honest.Partitions.Store).VerifyAsync(CancellationToken.None);
        return string.Create(CultureInfo.InvariantCulture, $"lanes {string.Join(' ', lanes)}, received {received.Count}, audit {report.Entries} entries {report.Faults.Count} faults");
    }

    /// <summary>Events that were told to be new more than once.</summary>
    public IEnumerable<string> NewTwice() => _new.Where(answers => answers.Value > 1).Select(answers => answers.Key);

    async Task DeliverAsync(int number)
    {
        var change = new ChangeEvent
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"e{number}"),
            Source = "hr",
            Subject = $"s{number % Identities}",
            Kind = ChangeKind.Changed,
            Sequence = number,
            OccurredAt = stores.Clock.GetUtcNow(),
            ReceivedAt = stores.Clock.GetUtcNow(),
        };
        await UntilAnsweredAsync(async () =>
        {
            if ((await stores.Inbox.AcceptAsync([change], CancellationToken.None))[0])
            {
                _new.AddOrUpdate(change.Id, 1, (_, times) => times + 1);
            }
        });
        await UntilAnsweredAsync(() => stores.Lanes.EnqueueAsync(
            $"id{number % Identities}", change, Inbox.KeyOf(change.Source, change.Id), _ => Task.CompletedTask, CancellationToken.None));
    }

    static async Task UntilAnsweredAsync(Func<Task> call)
    {
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (StoreException e) when (e.Failure == StoreFailure.Unavailable)
            {
                // The sender was told to come again.
            }
        }
    }
}
