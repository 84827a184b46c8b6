using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ServerlessSync.Demo.Hr;

/// <summary>Sends events as signed webhooks (Standard Webhooks: HMAC-SHA256 over id, time and body).</summary>
/// <param name="client">Its base address is the mesh.</param>
/// <param name="keys">Signing keys as written, <c>whsec_</c> and base64; taken in turn, since both are valid.</param>
/// <param name="time">The clock.</param>
sealed class HrSender(HttpClient client, IReadOnlyList<string> keys, TimeProvider time)
{
    readonly byte[][] _keys = [.. keys.Select(k => Convert.FromBase64String(k["whsec_".Length..]))];
    readonly Dictionary<string, DateTimeOffset> _sent = new(StringComparer.Ordinal);

    /// <summary>How many events have been accepted.</summary>
    public int Sent => _sent.Count;

    /// <summary>When an event was sent.</summary>
    public DateTimeOffset SentAt(HrEvent sent) => _sent[sent.Id];

    /// <summary>Sends one event and returns when it is accepted.</summary>
    public async Task SendAsync(HrEvent hrEvent, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(Payload(hrEvent));
        var now = time.GetUtcNow();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("intake/hr", UriKind.Relative)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", hrEvent.Id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", Sign(hrEvent, now, body));
        using var response = await client.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Accepted)
        {
            throw new InvalidOperationException($"{hrEvent.Id} was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }

        _sent[hrEvent.Id] = now;
    }

    string Sign(HrEvent hrEvent, DateTimeOffset now, byte[] body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(FormattableString.Invariant($"{hrEvent.Id}.{now.ToUnixTimeSeconds()}.")), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(_keys[hrEvent.Sequence % _keys.Length], signed));
    }

    static object Payload(HrEvent hrEvent) => new
    {
        id = hrEvent.Id,
        type = hrEvent.Type,
        sequence = hrEvent.Sequence,
        timestamp = hrEvent.Employee.Since + "T00:00:00Z",
        data = hrEvent.Type == HrEvent.Terminated ? Leaver(hrEvent.Employee) : Record(hrEvent.Employee),
    };

    static Dictionary<string, string> Leaver(Employee employee) => new(StringComparer.Ordinal) { ["employee_id"] = employee.Id };

    static Dictionary<string, string> Record(Employee employee) => new(StringComparer.Ordinal)
    {
        ["employee_id"] = employee.Id,
        ["first_name"] = employee.FirstName,
        ["last_name"] = employee.LastName,
        ["email_local_part"] = employee.EmailLocalPart,
        ["phone"] = employee.Phone,
        ["hire_date"] = employee.HireDate,
        ["job_id"] = employee.JobId,
        ["manager_id"] = employee.ManagerId,
        ["department_id"] = employee.DepartmentId,
    };
}
