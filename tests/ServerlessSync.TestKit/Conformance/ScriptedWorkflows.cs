using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>An activity given as a function.</summary>
public sealed class ScriptedActivity<TInput, TResult>(Func<TInput, CancellationToken, Task<TResult>> run) : IActivity<TInput, TResult>
{
    public Task<TResult> RunAsync(TInput input, CancellationToken cancellationToken) => run(input, cancellationToken);
}

/// <summary>A started engine as a conformance suite sees it.</summary>
public interface IEngineUnderTest : IAsyncDisposable
{
    IWorkflowClient Client { get; }
}

/// <summary>What activities of the suite leave behind, and signals to hold them.</summary>
public sealed class Probe
{
    readonly Lock _gate = new();
    readonly List<string> _notes = [];
    readonly Dictionary<string, TaskCompletionSource> _signals = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_gate)
            {
                return [.. _notes];
            }
        }
    }

    public bool Has(string note) => Notes.Contains(note, StringComparer.Ordinal);

    /// <summary>Notes something and lets whoever waits for it go on.</summary>
    public void Note(string what)
    {
        lock (_gate)
        {
            _notes.Add(what);
        }

        Signal(what);
    }

    public void Signal(string name) => Of(name).TrySetResult();

    public Task WaitAsync(string name, CancellationToken cancellationToken = default) =>
        Of(name).Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, cancellationToken);

    TaskCompletionSource Of(string name)
    {
        lock (_gate)
        {
            return _signals.TryGetValue(name, out var signal)
                ? signal
                : _signals[name] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
