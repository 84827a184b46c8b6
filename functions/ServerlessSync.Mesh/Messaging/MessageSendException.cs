namespace ServerlessSync.Mesh.Messaging;

/// <summary>A broker did not take a message, or it is not known whether it did. Sending it again does no harm.</summary>
/// <param name="message">What happened; holds no secret.</param>
/// <param name="cause">What the broker's client threw, or null.</param>
public sealed class MessageSendException(string message, Exception? cause = null) : Exception(message, cause);
