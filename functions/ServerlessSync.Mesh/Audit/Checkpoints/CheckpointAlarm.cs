using System.Globalization;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>Makes checkpoints that keep failing somebody's to settle.</summary>
/// <param name="stores">The stores.</param>
/// <param name="configuration">Says who owns it, and until when.</param>
public sealed class CheckpointAlarm(MeshStores stores, MeshConfiguration configuration)
{
    /// <summary>Rounds that may fail one after the other before a person is asked.</summary>
    public const int Patience = 3;

    const string Behind = "audit-checkpoints";
    const string Shortened = "audit-anchor-shortened";

    int _failures;
    bool _opened;

    /// <summary>A process before this one may have left it open.</summary>
    bool _mayBeOpen = true;

    /// <summary>A round failed.</summary>
    internal async Task RaiseAsync(Exception failure, CancellationToken cancellationToken)
    {
        _failures++;
        if (_failures >= Patience && !_opened)
        {
            _mayBeOpen = true;
            await OpenAsync(Behind, $"{Patience} rounds of audit checkpoints have failed: {failure.Message}", cancellationToken);
            _opened = true;
        }
    }

    /// <summary>A round went well.</summary>
    internal async Task CalmAsync(CancellationToken cancellationToken)
    {
        if (_mayBeOpen)
        {
            await stores.Exceptions.SettleAsync(null, Behind, "every checkpoint is taken and anchored", cancellationToken);
        }

        (_failures, _opened, _mayBeOpen) = (0, false, false);
    }

    /// <summary>The anchor lost what had been appended.</summary>
    internal Task RaiseShortenedAsync(long last, long noted, CancellationToken cancellationToken) => OpenAsync(
        Shortened,
        string.Create(CultureInfo.InvariantCulture, $"the audit anchor ended with checkpoint {last} although checkpoint {noted} had been appended: it was shortened or replaced"),
        cancellationToken);

    async Task OpenAsync(string kind, string reason, CancellationToken cancellationToken)
    {
        var now = stores.Clock.GetUtcNow();
        await stores.Exceptions.OpenAsync(
            new ExceptionItem(kind, kind, null, null, null, configuration.OwnerOf("audit"), reason, now, now + configuration.Deadlines.Exception), cancellationToken);
    }
}
