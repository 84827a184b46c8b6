using System.CommandLine;

namespace ServerlessSync.LocalHost;

/// <summary>Where the mesh keeps its data.</summary>
/// <param name="Data">Folder of the local store; the workflow history always lies there.</param>
sealed record StoreSettings(string Data)
{
    /// <summary>The file of the workflow history, and of everything else where no other store is asked for.</summary>
    public string Database => Path.Combine(Data, "mesh.db");

    /// <summary>The options every command that opens the store has.</summary>
    public static StoreOptions Options() => new(
        new Option<string>("--data") { Description = "folder of the local store", DefaultValueFactory = _ => "data" });
}

/// <summary>The options of the command line that say where the data lies.</summary>
sealed record StoreOptions(Option<string> Data)
{
    /// <summary>Adds them to a command.</summary>
    public Command AddTo(Command command)
    {
        command.Options.Add(Data);
        return command;
    }

    /// <summary>What was asked for.</summary>
    public StoreSettings Read(ParseResult parsed) => new(parsed.GetValue(Data)!);
}
