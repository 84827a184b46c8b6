namespace ServerlessSync.Storage.Tables;

/// <summary>Reads connection strings of storage accounts. No message holds a value that may be a key.</summary>
static class ConnectionString
{
    // Of the emulator, and public: https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key
    const string EmulatorAccount = "devstoreaccount1";
    const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    const string EmulatorEndpoint = "http://127.0.0.1:10002/devstoreaccount1";
    const string DefaultSuffix = "core.windows.net";

    static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "UseDevelopmentStorage", "DefaultEndpointsProtocol", "AccountName", "AccountKey", "EndpointSuffix",
        "TableEndpoint", "BlobEndpoint", "QueueEndpoint", "FileEndpoint",
    };

    public static (Uri Endpoint, AccountKey Key) Parse(string connectionString)
    {
        var fields = Fields(connectionString);
        if (fields.TryGetValue("UseDevelopmentStorage", out var development))
        {
            return development.Equals("true", StringComparison.OrdinalIgnoreCase)
                ? (new Uri(EmulatorEndpoint), Key(EmulatorAccount, EmulatorKey))
                : throw Wrong("UseDevelopmentStorage", "true, or to be left out");
        }

        var account = Required(fields, "AccountName", "the name of the storage account");
        return (Endpoint(fields, account), Key(account, Required(fields, "AccountKey", "the account's key in base64")));
    }

    static Dictionary<string, string> Fields(string connectionString)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var name = part.Split('=', 2)[0];
            if (!Known.Contains(name))
            {
                throw name.Equals("SharedAccessSignature", StringComparison.OrdinalIgnoreCase)
                    ? Wrong(name, "AccountKey instead, because a shared access signature ends one day and cannot be renewed here")
                    : new FormatException($"Connection string: a part is none of the known fields ({string.Join(", ", Known.Order(StringComparer.Ordinal))}).");
            }

            if (!fields.TryAdd(name, part[Math.Min(part.Length, name.Length + 1)..]))
            {
                throw Wrong(name, "it once");
            }
        }

        return fields;
    }

    static Uri Endpoint(Dictionary<string, string> fields, string account)
    {
        var scheme = fields.GetValueOrDefault("DefaultEndpointsProtocol", Uri.UriSchemeHttps);
        if (scheme is not ("http" or "https"))
        {
            throw Wrong("DefaultEndpointsProtocol", "https or http");
        }

        var given = fields.TryGetValue("TableEndpoint", out var endpoint);
        var suffix = fields.GetValueOrDefault("EndpointSuffix", DefaultSuffix);
        return Uri.TryCreate(given ? endpoint : $"{scheme}://{account}.table.{suffix}", UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https" && uri.Query.Length == 0
            ? uri
            : throw Wrong(given ? "TableEndpoint" : "EndpointSuffix", given ? "an http or https address without a query" : $"a host name such as {DefaultSuffix}");
    }

    static AccountKey Key(string account, string key)
    {
        if (!account.All(char.IsAsciiLetterOrDigit))
        {
            throw Wrong("AccountName", "letters and digits");
        }

        try
        {
            return new AccountKey(account, Convert.FromBase64String(key));
        }
        catch (FormatException)
        {
            throw Wrong("AccountKey", "base64");
        }
    }

    static string Required(Dictionary<string, string> fields, string name, string expected) =>
        fields.GetValueOrDefault(name) is { Length: > 0 } value ? value : throw Wrong(name, expected);

    static FormatException Wrong(string field, string expected) => new($"Connection string, field {field}: expected {expected}.");
}
