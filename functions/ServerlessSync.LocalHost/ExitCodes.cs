namespace ServerlessSync.LocalHost;

/// <summary>What the program says when it ends.</summary>
static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>Something is wrong with what was looked at, or the program had to stop.</summary>
    public const int Failed = 1;

    /// <summary>What was given cannot be used; nothing was done.</summary>
    public const int Usage = 2;
}
