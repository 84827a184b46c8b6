namespace ServerlessSync.Mesh.Storage;

/// <summary>Everything the mesh keeps, on one row store.</summary>
public sealed class MeshStores
{
    /// <summary>Opens the stores on a row store.</summary>
    /// <param name="rows">The row store.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="mostWaiting">Events that may be received and not yet applied before senders are asked to come again later.</param>
    public MeshStores(IRowStore rows, TimeProvider clock, int mostWaiting = Backlog.DefaultMost)
    {
        Partitions = new Partitions(rows, clock);
        Registry = new Registry(Partitions);
        AccountKeys = new AccountKeys(Partitions);
        Claims = new Claims(Partitions);
        References = new References(Partitions);
        Inbox = new Inbox(Partitions, mostWaiting);
        Lanes = new Lanes(Partitions);
        Exceptions = new ExceptionStore(Partitions);
        Drifts = new DriftStore(Partitions);
        Reconciliations = new ReconciliationStore(Partitions);
        Suspects = new SuspectStore(Partitions);
        Clock = clock;
    }

    /// <summary>Partitions of the row store.</summary>
    public Partitions Partitions { get; }

    /// <summary>Identities.</summary>
    public Registry Registry { get; }

    /// <summary>Whose an account is.</summary>
    public AccountKeys AccountKeys { get; }

    /// <summary>Values that must be unique.</summary>
    public Claims Claims { get; }

    /// <summary>Who names whom.</summary>
    public References References { get; }

    /// <summary>Received events.</summary>
    public Inbox Inbox { get; }

    /// <summary>Which run may act.</summary>
    public Lanes Lanes { get; }

    /// <summary>What people must settle.</summary>
    public ExceptionStore Exceptions { get; }

    /// <summary>Where targets differ from the record.</summary>
    public DriftStore Drifts { get; }

    /// <summary>Comparisons of targets with the record.</summary>
    public ReconciliationStore Reconciliations { get; }

    /// <summary>What comparisons look at again, and the plan each has made.</summary>
    public SuspectStore Suspects { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; }
}
