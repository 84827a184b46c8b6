namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>Whether a step of a run may still have an effect.</summary>
enum RunStanding
{
    /// <summary>It may.</summary>
    AtWork,

    /// <summary>It may not, because it gives something and a termination has been queued since the run began.</summary>
    Superseded,

    /// <summary>
    /// It may not, because the lane has gone on to another run, or the step has been undone. Only an attempt that was held up meets this, such as
    /// one of a process that slept while another took its work over: whatever it would do now, the record would know nothing of.
    /// </summary>
    Over,
}
