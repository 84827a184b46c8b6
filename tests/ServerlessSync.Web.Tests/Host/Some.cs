using System.Text;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Web.Intake;

namespace ServerlessSync.Web.Tests.Host;

/// <summary>Configuration and keys for tests.</summary>
static class Some
{
    public const string FirstSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    public const string ViewerKey = "viewer-key-1";
    public const string OperatorKey = "operator-key-1";

    public static readonly string SecondSecret = "whsec_" + Convert.ToBase64String(Encoding.ASCII.GetBytes("second-key-of-the-hr-source-32b!"));

    public static byte[] FirstKey => StandardWebhooks.DecodeKey(FirstSecret);

    public static byte[] SecondKey => StandardWebhooks.DecodeKey(SecondSecret);

    public static Dictionary<string, string> Secrets => new()
    {
        ["HR_KEY_1"] = FirstSecret,
        ["HR_KEY_2"] = SecondSecret,
        ["VIEWER"] = ViewerKey,
        ["OPERATOR"] = OperatorKey,
    };

    public static SourceConfiguration Hr => new()
    {
        Name = "hr",
        Kind = "webhook",
        Secrets = [new("env", "HR_KEY_1"), new("env", "HR_KEY_2")],
        SequenceGiven = true,
        Events = new Dictionary<string, ChangeKind>
        {
            ["employee.changed"] = ChangeKind.Changed,
            ["employee.left"] = ChangeKind.Terminated,
        },
        Anchor = Template.Parse("employee_id"),
        Map = new Dictionary<string, Template>
        {
            ["userName"] = Template.Parse("{email|lower}@example.com"),
            ["department"] = Template.Parse("department_id"),
            ["title"] = Template.Parse("title"),
        },
    };

    /// <summary>Another vendor's shape: no envelope around the record, other names, nested fields, no sequence.</summary>
    public static SourceConfiguration Personnel => new()
    {
        Name = "personnel",
        Kind = "webhook",
        Secrets = [new("env", "HR_KEY_1")],
        SequenceGiven = false,
        Envelope = new() { Batch = "payload.items", Id = "meta.uuid", Type = "meta.action", OccurredAt = "meta.at", Data = "" },
        Events = new Dictionary<string, ChangeKind> { ["UPSERT"] = ChangeKind.Changed },
        Anchor = Template.Parse("person.number"),
        Map = new Dictionary<string, Template>
        {
            ["userName"] = Template.Parse("{person.contact.mail|local|lower}@example.com"),
            ["displayName"] = Template.Parse("{person.first} {person.last}"),
        },
    };

    public static MeshConfiguration Mesh(params SourceConfiguration[] sources) => new()
    {
        Organisation = "example",
        Hash = "00",
        Owners = new Dictionary<string, string> { ["default"] = "identity-team" },
        Sources = sources.ToDictionary(source => source.Name),
        Authority = new Dictionary<IdentityKind, AuthorityConfiguration>(),
        Targets = new Dictionary<string, TargetConfiguration>(),
        Entitlements = [],
        Policy = new("1", DefaultAllow: true, []),
        Guards = new Dictionary<string, GuardConfiguration>(),
        ApiKeys =
        [
            new("vera", new("env", "VIEWER"), ["viewer"]),
            new("otto", new("env", "OPERATOR"), ["operator"]),
        ],
    };

    public static string Joined(string id = "e1", string employee = "100", string sequence = "1") =>
        $$$"""{"id":"{{{id}}}","type":"employee.changed","sequence":{{{sequence}}},"timestamp":"2026-01-05T08:59:00Z","data":{"employee_id":{{{employee}}},"email":"SKING","department_id":90}}""";
}
