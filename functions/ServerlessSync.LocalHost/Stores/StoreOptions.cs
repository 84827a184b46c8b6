using System.CommandLine;
using ServerlessSync.Web;

namespace ServerlessSync.LocalHost;

/// <summary>The options of the command line that say where the data lies; every command that reads or writes rows has them.</summary>
sealed class StoreOptions
{
    const string Sqlite = "sqlite";
    const string Tables = "tables";

    readonly Option<string> _data = Data();

    readonly Option<string> _kind = new Option<string>("--store")
    {
        Description = $"{Sqlite}: everything in the folder; {Tables}: all but the workflow history in Azure Table storage",
        DefaultValueFactory = _ => Sqlite,
    }.AcceptOnlyFromAmong(Sqlite, Tables);

    readonly Option<string> _tables = new("--tables")
    {
        Description = "with --store tables, the account: its https endpoint, or env:NAME where the environment holds that or a connection string",
        DefaultValueFactory = _ => "env:" + SettingNames.Tables,
    };

    /// <summary>The option of commands that work on the file alone.</summary>
    public static Option<string> Data() => new("--data") { Description = "folder of the local store", DefaultValueFactory = _ => "data" };

    /// <summary>Adds them to a command.</summary>
    public Command AddTo(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_kind);
        command.Options.Add(_tables);
        return command;
    }

    /// <summary>What was asked for.</summary>
    public StoreSettings Read(ParseResult parsed) =>
        new(parsed.GetValue(_data)!, parsed.GetValue(_kind) == Tables ? StoreKind.Tables : StoreKind.Sqlite, parsed.GetValue(_tables)!);
}
