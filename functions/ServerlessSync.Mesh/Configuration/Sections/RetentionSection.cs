using ServerlessSync.Mesh.Configuration.Reading;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>retention</c>: how long what is recorded is kept.</summary>
static class RetentionSection
{
    static readonly TimeSpan LeastInbox = TimeSpan.FromDays(7);

    public static RetentionConfiguration Read(Node? node, Reader read)
    {
        var section = read.Open(node, "payloads", "inbox", "history");
        var defaults = new RetentionConfiguration();
        return new RetentionConfiguration
        {
            Payloads = Units.Period(read, section.Optional("payloads")) ?? defaults.Payloads,
            Inbox = ReadInbox(section.Optional("inbox"), read) ?? defaults.Inbox,
            History = Units.Period(read, section.Optional("history")) ?? defaults.History,
        };
    }

    static Period? ReadInbox(Node? node, Reader read)
    {
        var period = Units.Period(read, node);
        if (period?.Least < LeastInbox)
        {
            read.Fault(node!, "expected P7D at least: as long as an event is kept, it is known when it is sent again");
        }

        return period;
    }
}
