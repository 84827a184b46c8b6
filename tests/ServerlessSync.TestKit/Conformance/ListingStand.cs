using ServerlessSync.Connectors;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>A target that holds known accounts, and how somebody else changes it.</summary>
/// <param name="Accounts">The connector under test, as what reads accounts.</param>
/// <param name="Grants">The same, as what reads grants.</param>
/// <param name="KeyOf">The key the target gave an account.</param>
public sealed record ListingStand(IAccountConnector Accounts, IGrantConnector Grants, Func<SeedAccount, string> KeyOf)
{
    /// <summary>Keys of accounts that are there by themselves.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>What the name of a right begins with.</summary>
    public required string RightPrefix { get; init; }

    /// <summary>Makes a foreign account.</summary>
    public required Func<string, Task> AddAsync { get; init; }

    /// <summary>Removes an account.</summary>
    public required Func<string, Task> RemoveAsync { get; init; }

    /// <summary>Makes the target fail from now on.</summary>
    public required Func<Task> CutOffAsync { get; init; }

    /// <summary>All accounts, page by page; refuses a token that came before.</summary>
    /// <param name="betweenPages">Runs after each page but the last, with its number from 1.</param>
    public Task<IReadOnlyList<TargetAccount>> ReadAccountsAsync(Func<int, Task>? betweenPages = null) => AllPages.ReadAsync(Accounts.ReadPageAsync, betweenPages);

    /// <summary>All grants, page by page.</summary>
    public Task<IReadOnlyList<TargetGrant>> ReadGrantsAsync() => AllPages.ReadAsync(Grants.ReadGrantPageAsync);
}
