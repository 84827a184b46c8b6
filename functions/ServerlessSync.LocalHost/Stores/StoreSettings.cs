namespace ServerlessSync.LocalHost;

/// <summary>Where the mesh keeps its data.</summary>
/// <param name="Data">Folder of the local store; the workflow history always lies there.</param>
/// <param name="Kind">Which store holds registry, inbox, lanes, audit and exceptions.</param>
/// <param name="Tables">
/// The account of Table storage: its https endpoint, to be entered with the identity this process runs under, or <c>env:NAME</c>, where the
/// environment holds that or a connection string.
/// </param>
sealed record StoreSettings(string Data, StoreKind Kind, string Tables)
{
    /// <summary>The file of the workflow history, and of everything else where no other store is asked for.</summary>
    public string Database => DatabaseIn(Data);

    /// <summary>The file in a folder.</summary>
    public static string DatabaseIn(string data) => Path.Combine(data, "mesh.db");
}

/// <summary>The stores there are.</summary>
enum StoreKind
{
    /// <summary>The file the history lies in.</summary>
    Sqlite,

    /// <summary>Azure Table storage.</summary>
    Tables,
}
