namespace ServerlessSync.Demo.Api;

/// <summary>An identity as the mesh's API shows it.</summary>
sealed record IdentityItem
{
    public required string Id { get; init; }

    public required string Kind { get; init; }

    public required string Status { get; init; }

    public IReadOnlyList<AnchorItem> Anchors { get; init; } = [];

    public IReadOnlyDictionary<string, AttributeItem> Attributes { get; init; } = new Dictionary<string, AttributeItem>(StringComparer.Ordinal);

    public string? ManagerInEffect { get; init; }

    public IReadOnlyList<AccountItem> Accounts { get; init; } = [];

    public IReadOnlyList<GrantItem> Grants { get; init; } = [];

    public IReadOnlyList<DeniedItem> Denied { get; init; } = [];

    public required LaneItem Lane { get; init; }

    public string? AnchorIn(string source) => Anchors.FirstOrDefault(a => a.Source == source)?.Value;
}

sealed record AnchorItem(string Source, string Value);

sealed record AttributeItem(string Value, string Source, string State);

sealed record AccountItem(string Target, string Key, string UserName, string Status);

sealed record GrantItem(string Target, string Name, string Entitlement);

sealed record DeniedItem(string Entitlement, string Rule, string Reason);

sealed record LaneItem(bool Idle, int Waiting);

/// <summary>An exception as the mesh's API shows it.</summary>
sealed record ExceptionItem(string Id, string Kind, string? IdentityId, string? Target, string? Run, string Owner, string Reason, DateTimeOffset? Deadline);

/// <summary>A run as the mesh's API shows it.</summary>
/// <param name="InstanceId">Its id.</param>
/// <param name="RuntimeStatus">Its state in the words of Durable Functions.</param>
/// <param name="Steps">How many steps it reports.</param>
sealed record RunItem(string InstanceId, string RuntimeStatus, int Steps);

/// <summary>A comparison of a target with the record as the mesh's API shows it.</summary>
sealed record ComparisonItem(string Run, string Outcome, string? Reason = null, DateTimeOffset? EndedAt = null, long Accounts = 0)
{
    /// <summary>Findings by kind.</summary>
    public IReadOnlyDictionary<string, int> Found { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);
}

/// <summary>Open drift as the mesh's API shows it.</summary>
sealed record DriftRow(string? IdentityId, string? AccountKey, string State, string? Reason, IReadOnlyList<FindingItem> Findings);

sealed record FindingItem(string Kind, string Subject);
