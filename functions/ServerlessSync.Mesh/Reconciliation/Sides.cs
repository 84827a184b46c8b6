namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>What is sorted for a comparison.</summary>
static class Sides
{
    public const string AccountsFound = "accounts-found";

    public const string AccountsExpected = "accounts-expected";

    public const string RightsFound = "rights-found";

    public const string RightsExpected = "rights-expected";

    public const string CredentialsFound = "credentials-found";

    public const string CredentialsExpected = "credentials-expected";

    public static IReadOnlyList<string> All { get; } =
        [AccountsFound, AccountsExpected, RightsFound, RightsExpected, CredentialsFound, CredentialsExpected];

    /// <summary>Name of a side of one comparison.</summary>
    public static string Of(string target, long number, string side) => FormattableString.Invariant($"{target}/{number}/{side}");
}
