using System.Globalization;

namespace ServerlessSync.Mesh.Storage;

/// <summary>Keys of the rows in an identity's partition.</summary>
static class IdentityKeys
{
    /// <summary>The partition of what is in the audit and is about no identity.</summary>
    public const string SystemPartition = "system";

    public const string Record = "record";

    public const string Lane = "lane";

    public const string AccountPrefix = "account-";

    public const string GrantPrefix = "grant-";

    public const string CredentialPrefix = "credential-";

    public const string PlanPrefix = "plan-";

    public const string SourcePrefix = "source-";

    public const string StepPrefix = "step-";

    public static string Source(string source) => SourcePrefix + KeyText.Encode(source);

    public static string Account(string target) => AccountPrefix + KeyText.Encode(target);

    public static string Grants(string target) => $"{GrantPrefix}{KeyText.Encode(target)}-";

    public static string Grant(string target, string name) => Grants(target) + KeyText.Encode(name);

    public static string Credential(string target, string id) => $"{CredentialPrefix}{KeyText.Encode(target)}-{KeyText.Encode(id)}";

    public static string Queue(long number) => "queue-" + number.ToString("D10", CultureInfo.InvariantCulture);

    public static string Event(string source, string id) => "event-" + KeyText.Hash($"{source}\n{id}");

    public static string Plan(string run) => PlanPrefix + run;

    public static string Steps(string run) => $"{StepPrefix}{run}-";

    public static string Step(string run, int number) => Steps(run) + number.ToString("D4", CultureInfo.InvariantCulture);
}
