using System.Globalization;
using System.Text;
using ServerlessSync.TestKit;
using ServerlessSync.Web.Intake;

namespace ServerlessSync.Benchmarks.Intake;

/// <summary>Signed HR webhooks as the bytes that travel, all made before a clock starts; no two are alike.</summary>
static class SignedRequests
{
    public const string Secret = "whsec_c2VydmVybGVzc3N5bmMtYmVuY2htYXJrLWtleS0wMDE=";

    static readonly byte[] Key = StandardWebhooks.DecodeKey(Secret);
    static readonly string[] Departments = ["IT", "Finance", "Sales", "Shipping"];

    /// <summary>Id of an event, counted from 0.</summary>
    public static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"msg-{(uint)(number * 2654435761):x8}-{number:d7}");

    /// <summary>Makes batches of so many events each.</summary>
    /// <param name="batches">How many batches.</param>
    /// <param name="events">Events of one batch.</param>
    /// <param name="people">Employees the events speak of, in turns.</param>
    public static IEnumerable<byte[][]> Batches(int batches, int events, int people)
    {
        var sentAt = TimeProvider.System.GetUtcNow();
        return Enumerable.Range(0, batches * events).Select(number => Make(number, people, sentAt)).Chunk(events);
    }

    static byte[] Make(int number, int people, DateTimeOffset sentAt)
    {
        var (round, person) = Math.DivRem(number, people);
        var id = IdOf(number);
        var body = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$$"""{"id":"{{{id}}}","type":"employee.changed","sequence":{{{round + 1}}},"timestamp":"2026-01-31T08:00:00Z","data":{"employee_id":"E{{{person:d6}}}","user_name":"person{{{person:d6}}}@example.com","name":"Person {{{person:d6}}}","department":"{{{Departments[(person + round) % Departments.Length]}}}","title":"Analyst {{{round % 7}}}","manager_id":"E000001","cost_center":"CC-{{{person % 97:d3}}}"}}"""));
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST /intake/{HrYaml.Source} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nwebhook-id: {id}\r\nwebhook-timestamp: {sentAt.ToUnixTimeSeconds()}\r\nwebhook-signature: {StandardWebhooks.Sign(id, sentAt, body, Key)}\r\n\r\n"));
        return [.. head, .. body];
    }
}
