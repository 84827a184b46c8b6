namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Names of the parts of a comparison, as histories know them.</summary>
static class PartNames
{
    public const string Clear = "clear";

    public const string Connect = "connect";

    public const string TakePlace = "take-place";

    public const string ReadChanges = "read-changes";

    public const string ReadAccounts = "read-accounts";

    public const string ReadRights = "read-rights";

    public const string ReadCredentials = "read-credentials";

    public const string ReadRecord = "read-record";

    public const string Check = "check";

    public const string CompareAccounts = "compare-accounts";

    public const string CompareRights = "compare-rights";

    public const string CompareCredentials = "compare-credentials";

    public const string Confirm = "confirm";

    public const string Decide = "decide";

    public const string Open = "open";

    public const string Settle = "settle";

    public const string Watch = "watch";

    public const string Queue = "queue";
}
