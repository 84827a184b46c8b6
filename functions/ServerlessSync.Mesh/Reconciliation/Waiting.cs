using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Why an item waits, for people.</summary>
static class Waiting
{
    public const string ForFirst = "waits until the first items are mended";

    public const string ForWindow = "outside the maintenance windows";

    public static bool IsForWindow(DriftState? state, string? reason) => state == DriftState.Held && reason == ForWindow;
}
