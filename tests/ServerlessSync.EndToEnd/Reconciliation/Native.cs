using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>Accounts as somebody else puts them into a target.</summary>
static class Native
{
    public static ScriptedAccount Unmarked { get; } = Marked(null);

    public static ScriptedAccount Marked(string? mark) => new(mark, Active: true, new Dictionary<string, string>(), [], Sessions: 0);

    public static ScriptedAccount Without(this ScriptedAccount account, string right) => account with { Rights = [.. account.Rights.Where(r => r != right)] };

    public static ScriptedAccount Plus(this ScriptedAccount account, string right) =>
        account with { Rights = [.. account.Rights.Append(right).Order(StringComparer.Ordinal)] };

    public static ScriptedAccount Set(this ScriptedAccount account, string attribute, string value) =>
        account with { Attributes = new Dictionary<string, string>(account.Attributes) { [attribute] = value } };

    /// <summary>Everything but sessions, which end when an account does.</summary>
    public static string ShownWhole(this ScriptedAccount account) =>
        $"{account.Mark} {account.Active} [{string.Join(' ', account.Rights)}] {string.Join(' ', account.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal))}";
}
