using System.Text.Json;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Messaging;

/// <summary>Bodies of messages as JSON; what else may have got into the queue is read as nothing.</summary>
static class MessageBody
{
    public static T? Read<T>(ReadOnlyMemory<byte> body)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(body.Span, MeshJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
