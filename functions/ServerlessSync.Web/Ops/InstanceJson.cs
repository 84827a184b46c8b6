using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Web.Ops;

/// <summary>The JSON shapes of the Durable Functions HTTP API.</summary>
static class InstanceJson
{
    const string TimeFormat = "yyyy-MM-ddTHH:mm:ssZ";

    public static void Write(Utf8JsonWriter json, WorkflowInstance instance, bool showInput)
    {
        json.WriteStartObject();
        json.WriteString("name", instance.Name);
        json.WriteString("instanceId", instance.InstanceId);
        json.WriteString("runtimeStatus", instance.Status.ToString());
        WriteValue(json, "input", showInput ? instance.Input : null);
        WriteValue(json, "customStatus", instance.CustomStatus);
        if (instance.Failure is { } failure)
        {
            json.WriteString("output", failure.ErrorMessage);
        }
        else
        {
            WriteValue(json, "output", instance.Output);
        }

        json.WriteString("createdTime", instance.CreatedAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        json.WriteString("lastUpdatedTime", instance.LastUpdatedAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        json.WriteNull("historyEvents");
        json.WriteEndObject();
    }

    /// <summary>Where a run is watched and steered from now on.</summary>
    public static void WriteLinks(Utf8JsonWriter json, HttpRequest request, string instanceId)
    {
        var instance = LinkOf(request, instanceId);
        json.WriteStartObject();
        json.WriteString("id", instanceId);
        json.WriteString("statusQueryGetUri", instance);
        json.WriteString("sendEventPostUri", instance + "/raiseEvent/{eventName}");
        json.WriteString("terminatePostUri", instance + "/terminate?reason={text}");
        json.WriteString("suspendPostUri", instance + "/suspend?reason={text}");
        json.WriteString("resumePostUri", instance + "/resume?reason={text}");
        json.WriteEndObject();
    }

    /// <summary>Address of a run's state.</summary>
    public static string LinkOf(HttpRequest request, string instanceId) =>
        $"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase}{RouteNames.Instances}/{Uri.EscapeDataString(instanceId)}";

    // What the engine holds is JSON, but for the reason of a termination, which is plain text.
    static void WriteValue(Utf8JsonWriter json, string name, string? value)
    {
        json.WritePropertyName(name);
        if (value is null)
        {
            json.WriteNullValue();
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(value);
            document.WriteTo(json);
        }
        catch (JsonException)
        {
            json.WriteStringValue(value);
        }
    }
}
