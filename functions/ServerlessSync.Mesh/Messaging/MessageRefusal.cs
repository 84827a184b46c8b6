namespace ServerlessSync.Mesh.Messaging;

/// <summary>Why a message is put aside, into the dead-letter queue.</summary>
/// <param name="Reason">A word for it.</param>
/// <param name="Description">A sentence for people.</param>
public sealed record MessageRefusal(string Reason, string Description)
{
    /// <summary>The body is not what the mesh sends.</summary>
    internal static MessageRefusal Unreadable { get; } = new("unreadable", "The body is not one the mesh sends.");
}
