namespace ServerlessSync.Connectors.Scim;

/// <summary>How a SCIM 2.0 service is spoken to.</summary>
public sealed record ScimOptions
{
    /// <summary>Name of the target, as in mesh.yaml.</summary>
    public required string Id { get; init; }

    /// <summary>The address below which <c>/Users</c> and <c>/Groups</c> lie.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>Gives the bearer token; asked for each call and never kept.</summary>
    public required Func<CancellationToken, ValueTask<string>> Token { get; init; }

    /// <summary>How many resources are asked for at once; the service may give fewer.</summary>
    /// <value>100.</value>
    public int PageSize { get; init; } = 100;

    /// <summary>How long one call may take.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the id of a group found by its name is trusted, so that a renamed group is noticed.</summary>
    /// <value>One minute.</value>
    public TimeSpan GroupAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The largest group taken, in bytes of its JSON; a larger one fails the reading of all grants.</summary>
    /// <value>32 MiB, about 200,000 members.</value>
    public int LargestGroup { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// How many members of a group the service gives at most, where it cuts longer lists without a word; 0 for one that gives none. A list
    /// of that length is not believed and fails the reading of all grants. Null: the service gives all.
    /// </summary>
    /// <value>Null.</value>
    public int? MostMembers { get; init; }

    /// <summary>
    /// How far apart the clocks of the service and of this machine may be. Changes are followed from that long before the list of them was begun,
    /// so those of that time are told twice.
    /// </summary>
    /// <value>Five minutes.</value>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(5);
}
