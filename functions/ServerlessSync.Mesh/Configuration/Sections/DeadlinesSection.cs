using ServerlessSync.Mesh.Configuration.Reading;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>deadlines</c>: how long anything may wait.</summary>
static class DeadlinesSection
{
    public static DeadlineConfiguration Read(Node? node, Reader read)
    {
        var section = read.Open(node, "leaver", "approval", "exception", "attempt");
        var defaults = new DeadlineConfiguration();
        return new DeadlineConfiguration
        {
            Leaver = Units.Duration(read, section.Optional("leaver")) ?? defaults.Leaver,
            Approval = Units.Duration(read, section.Optional("approval")) ?? defaults.Approval,
            Exception = Units.Duration(read, section.Optional("exception")) ?? defaults.Exception,
            Attempt = Units.Duration(read, section.Optional("attempt")) ?? defaults.Attempt,
        };
    }
}
