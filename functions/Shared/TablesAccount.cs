using ServerlessSync.Storage.Tables;

namespace ServerlessSync.Hosting;

/// <summary>The rows in Azure Table storage.</summary>
static class TablesAccount
{
    /// <summary>Opens them.</summary>
    /// <param name="account">The https endpoint of the account, entered with the identity of this process, or a connection string.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static TablesRowStore Open(string account) => new(Uri.TryCreate(account, UriKind.Absolute, out var endpoint)
        ? TablesOptions.FromIdentity(endpoint)
        : TablesOptions.FromConnectionString(account));
}
