namespace ServerlessSync.TestKit;

/// <summary>The one place where tests read what the run was started with.</summary>
static class RunSettings
{
#pragma warning disable RS0030 // A test runner hands its settings over by the environment; there is no host to take them from.
    public static string? Read(string name) => Environment.GetEnvironmentVariable(name);
#pragma warning restore RS0030
}
