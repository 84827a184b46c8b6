using Azure.Core;
using Azure.Identity;

namespace ServerlessSync.Storage.Tables;

/// <summary>Which account of Azure Table storage is used, how we sign in, and how patient we are.</summary>
public sealed record TablesOptions
{
    TablesOptions(Uri endpoint, AccountKey? key, TokenCredential? credential) => (Endpoint, Key, Credential) = (endpoint, key, credential);

    /// <summary>The table endpoint of the account, for example <c>https://example.table.core.windows.net</c>.</summary>
    public Uri Endpoint { get; }

    /// <summary>Put before the name of every table: letters and digits, the first a letter.</summary>
    /// <value>Empty.</value>
    public string TablePrefix { get; init; } = string.Empty;

    /// <summary>Requests on the wire at the same time, at least 1; more wait for their turn.</summary>
    /// <value>64</value>
    public int MaxConnections { get; init; } = 64;

    /// <summary>How often a request is sent again after a failure that may pass.</summary>
    /// <value>5</value>
    public int MaxRetries { get; init; } = 5;

    /// <summary>The wait before the first retry; it doubles with each further one up to <see cref="MaxRetryDelay"/>, with jitter.</summary>
    /// <value>100 ms</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait between two tries. A service that asks for a longer one is not asked again by this request.</summary>
    /// <value>10 s</value>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one try may take.</summary>
    /// <value>10 s</value>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    internal AccountKey? Key { get; }

    internal TokenCredential? Credential { get; }

    /// <summary>Reads a connection string of the account, or <c>UseDevelopmentStorage=true</c>.</summary>
    /// <exception cref="ArgumentException">A field is missing or wrong; the message names it.</exception>
    /// <remarks><see href="https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string"/></remarks>
    public static TablesOptions FromConnectionString(string connectionString)
    {
        try
        {
            var (endpoint, key) = ConnectionString.Parse(connectionString);
            return new TablesOptions(endpoint, key, null);
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, nameof(connectionString), e);
        }
    }

    /// <summary>Signs in with Entra ID; the role needed is Storage Table Data Contributor.</summary>
    /// <param name="endpoint">The table endpoint; tokens are sent over https only.</param>
    /// <param name="credential">Who signs in; null takes the managed identity or the developer's sign-in.</param>
    /// <exception cref="ArgumentException">The endpoint is not an https address, or has a query, as one with a shared access signature has.</exception>
    /// <remarks><see href="https://learn.microsoft.com/azure/storage/tables/authorize-access-azure-active-directory"/></remarks>
    public static TablesOptions FromIdentity(Uri endpoint, TokenCredential? credential = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return endpoint.IsAbsoluteUri && endpoint.Scheme == Uri.UriSchemeHttps && endpoint.Query.Length == 0 && endpoint.UserInfo.Length == 0
            ? new TablesOptions(endpoint, null, credential ?? new DefaultAzureCredential())
            : throw new ArgumentException($"Table endpoint{Shown(endpoint)}: expected an absolute https address without a query, because a token is sent to it.", nameof(endpoint));
    }

    /// <summary>What of an address may be shown: its query or user may be a secret.</summary>
    static string Shown(Uri endpoint) => endpoint.IsAbsoluteUri ? $" '{endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}'" : string.Empty;

    /// <summary>What is wrong with the fields, each named; empty when nothing is.</summary>
    internal IEnumerable<string> Errors()
    {
        if (TablePrefix.Length > 0 && !TableName.IsValid(TablePrefix + "abc"))
        {
            yield return $"{nameof(TablePrefix)} '{TablePrefix}': expected letters and digits, the first a letter, few enough for names of at most {TableName.MaxChars} characters.";
        }

        (string Field, bool Holds, string Expected)[] numbers =
        [
            (nameof(MaxConnections), MaxConnections > 0, "at least 1"),
            (nameof(MaxRetries), MaxRetries >= 0, "0 or more"),
            (nameof(RetryDelay), RetryDelay > TimeSpan.Zero, "more than zero"),
            (nameof(MaxRetryDelay), MaxRetryDelay >= RetryDelay, $"at least {nameof(RetryDelay)}"),
            (nameof(RequestTimeout), RequestTimeout > TimeSpan.Zero, "more than zero"),
        ];
        foreach (var (field, _, expected) in numbers.Where(number => !number.Holds))
        {
            yield return $"{field}: expected {expected}.";
        }
    }
}
