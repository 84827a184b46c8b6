using ServerlessSync.Mesh.Configuration.Reading;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>retention</c>: how long what is recorded is kept.</summary>
static class RetentionSection
{
    static readonly TimeSpan Least = TimeSpan.FromDays(7);

    public static RetentionConfiguration Read(Node? node, Reader read)
    {
        var section = read.Open(node, "payloads", "inbox", "history", "drift");
        var defaults = new RetentionConfiguration();
        return new RetentionConfiguration
        {
            Payloads = Units.Period(read, section.Optional("payloads")) ?? defaults.Payloads,
            Inbox = ReadAtLeast(section.Optional("inbox"), "as long as an event is kept, it is known when it is sent again", read) ?? defaults.Inbox,
            History = Units.Period(read, section.Optional("history")) ?? defaults.History,
            Drift = ReadAtLeast(section.Optional("drift"), "its numbers begin anew once it is gone, and a message may be as old", read) ?? defaults.Drift,
        };
    }

    static Period? ReadAtLeast(Node? node, string why, Reader read)
    {
        var period = Units.Period(read, node);
        if (period?.Least < Least)
        {
            read.Fault(node!, $"expected P7D at least: {why}");
        }

        return period;
    }
}
