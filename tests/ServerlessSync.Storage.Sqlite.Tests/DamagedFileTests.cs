using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>One bit of the file turned over while nobody had it open: a disk's or a memory's mistake.</summary>
public sealed class DamagedFileTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Whatever_bit_is_flipped_the_file_is_refused_or_the_row_is_told_damaged_and_nothing_false_is_read()
    {
        await using (var database = _folder.Open())
        {
            await StoreImage.FillAsync(database);
        }

        IReadOnlyList<string> written;
        await using (var database = _folder.Open())
        {
            written = await StoreImage.ReadAsync(database);
        }

        var whole = await File.ReadAllBytesAsync(_folder.File);
        var (refused, told, unfelt) = (0, 0, 0);
        foreach (var (at, bit) in Flips(whole.Length))
        {
            var found = await ReadFlippedAsync(whole, at, bit, written);
            if (found is null)
            {
                refused++;
            }
            else if (found.SequenceEqual(written))
            {
                unfelt++;
            }
            else
            {
                told++;
                found.Where(line => !line.EndsWith(StoreImage.Damaged, StringComparison.Ordinal)).ShouldBeSubsetOf(written, $"byte {at} bit {bit}");
            }
        }

        Progress.Show(FormattableString.Invariant($"bit flips in the file: {refused} refused at start, {told} told row by row, {unfelt} where nothing is kept"));
        refused.ShouldBeGreaterThan(0);
        told.ShouldBeGreaterThan(0);
    }

    static IEnumerable<(int At, int Bit)> Flips(int length)
    {
#pragma warning disable CA5394 // A seed must give the same run again.
        var random = new Random(Sweep.Seed(otherwise: 3));
        return Sweep.IsFull
            ? Enumerable.Range(0, length).Select(at => (at, random.Next(8)))
            : Enumerable.Range(0, 250).Select(_ => (random.Next(length), random.Next(8)));
#pragma warning restore CA5394
    }

    /// <summary>What is read from the file with one bit turned over; null when it is refused.</summary>
    async Task<IReadOnlyList<string>?> ReadFlippedAsync(byte[] whole, int at, int bit, IReadOnlyList<string> written)
    {
        var copy = Path.Combine(Path.GetDirectoryName(_folder.File)!, "flipped.db");
        whole[at] ^= (byte)(1 << bit);
        await File.WriteAllBytesAsync(copy, whole);
        whole[at] ^= (byte)(1 << bit);
        try
        {
            await using var database = SqliteDatabase.Open(new(copy) { Readers = 1 });
            var image = await StoreImage.ReadAsync(database);
            image.Count(line => line.StartsWith("run ", StringComparison.Ordinal)).ShouldBe(StoreImage.Runs.Length, $"byte {at} bit {bit}: a run is gone");

            // A row whose key was hit may lie where nobody reads; a look through the whole file finds it.
            if (image.Count < written.Count)
            {
                SqliteContent.Of(copy).Damaged.ShouldBeGreaterThan(0, $"byte {at} bit {bit}: gone: {string.Join(" | ", written.Except(image, StringComparer.Ordinal))}; new: {string.Join(" | ", image.Except(written, StringComparer.Ordinal))}");
            }

            return image;
        }
        catch (StoreException e)
        {
            e.Failure.ShouldBe(StoreFailure.Corrupt, $"byte {at} bit {bit}: {e.Message}");
            e.Message.ShouldContain(copy);
            return null;
        }
        finally
        {
            File.Delete(copy + "-wal");
            File.Delete(copy + "-shm");
        }
    }
}
