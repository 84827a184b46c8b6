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
}
