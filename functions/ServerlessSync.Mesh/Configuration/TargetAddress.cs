namespace ServerlessSync.Mesh.Configuration;

/// <summary>What the address of a target must look like, for each kind of connector.</summary>
public static class TargetAddress
{
    const string Scim = "scim";
    const string PostgreSql = "postgresql";

    /// <summary>Kinds of connector a target may name.</summary>
    public static IReadOnlyList<string> Connectors { get; } = [PostgreSql, Scim];

    /// <summary>
    /// What is wrong with an address, or null. The answer does not repeat the address: it may hold a password.
    /// For an address that mesh.yaml takes from the environment this is asked when the environment is read.
    /// </summary>
    public static string? Fault(string connector, string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            return connector == PostgreSql
                ? "expected an address like postgresql://user@host:5432/database or env:NAME"
                : "expected an address like https://host/scim/v2 or env:NAME";
        }

        if (uri.UserInfo.Contains(':', StringComparison.Ordinal) || uri.Query.Contains("password", StringComparison.OrdinalIgnoreCase))
        {
            return "a password stands in the address (not shown); it belongs into the credential, as env:NAME";
        }

        return connector == PostgreSql ? FaultOfPostgreSql(uri) : FaultOfHttp(uri);
    }

    static string? FaultOfPostgreSql(Uri uri)
    {
        if (uri.Scheme is not ("postgresql" or "postgres"))
        {
            return "expected an address that begins with postgresql://";
        }

        return uri.UserInfo.Length == 0 || uri.AbsolutePath.Length < 2 ? "expected the user and the database in the address: postgresql://user@host:5432/database" : null;
    }

    static string? FaultOfHttp(Uri uri)
    {
        if (uri.Scheme is not ("https" or "http"))
        {
            return "expected an address that begins with https://";
        }

        if (uri.UserInfo.Length > 0)
        {
            return "a user name stands in the address (not shown); expected https://host/path";
        }

        return uri.Scheme == "https" || uri.IsLoopback ? null : "expected https://; http:// is taken for this machine alone, since the credential would travel in clear";
    }
}
