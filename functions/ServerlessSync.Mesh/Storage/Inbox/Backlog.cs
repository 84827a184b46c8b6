namespace ServerlessSync.Mesh.Storage;

/// <summary>
/// How many events are received and not yet applied, stale or refused, as far as this process knows: it counts what it takes in and what it
/// settles, and each sweep corrects it by what the store holds. Safe to use from any thread.
/// </summary>
/// <param name="most">From how many on it is full.</param>
public sealed class Backlog(int most)
{
    /// <summary>From how many on it is full unless said otherwise: some minutes of work of one machine.</summary>
    public const int DefaultMost = 100_000;

    int _count;

    /// <summary>How many wait.</summary>
    public int Count => Math.Max(0, Volatile.Read(ref _count));

    /// <summary>From how many on it is full.</summary>
    public int Most => most;

    /// <summary>Whether no more should be taken in.</summary>
    public bool IsFull => Count >= most;

    /// <summary>Corrects the count by what the store was found to hold; what came and went while it was counted stays counted.</summary>
    /// <param name="before">The count when the store began to be read.</param>
    /// <param name="found">What the store held.</param>
    public void Correct(int before, int found) => Interlocked.Add(ref _count, found - before);

    internal void Add() => Interlocked.Increment(ref _count);

    internal void Remove() => Interlocked.Decrement(ref _count);
}
