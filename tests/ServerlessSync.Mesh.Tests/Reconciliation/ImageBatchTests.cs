using System.Text;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

public sealed class ImageBatchTests
{
    static readonly ImageSchema Schema = ImageSchema.ForAccounts([]);

    [Fact]
    public void A_batch_gives_back_everything_in_key_order_then_content_order()
    {
        using var batch = new ImageBatch();
        for (var seed = Sweep.Seed(1); seed < Sweep.Seed(1) + Sweep.Pick(30, 500); seed++)
        {
            batch.Clear();
            var random = new Random(seed);
            // Few letters and lengths, so that keys begin alike, end within one another and repeat.
            var (letters, longest, shared) = (random.Next(2, 20), random.Next(1, 30), new string('p', random.Next(12)));
            var added = Enumerable.Range(0, random.Next(1, 6000))
                .Select(_ => (Key: shared + Text(random, letters, longest), Name: Text(random, 3, 2)))
                .ToList();
            var writer = new ImageWriter(Schema);
            added.ForEach(item => batch.Add(Write(writer, item.Key, item.Name)));

            // No diff of thousands of lines when it fails: the first that is wrong says enough.
            Read(batch).Zip(added.OrderBy(item => KeyText.Encode(item.Key), StringComparer.Ordinal).ThenBy(item => Hex(item.Key, item.Name), StringComparer.Ordinal))
                .FirstOrDefault(pair => pair.First != $"{pair.Second.Key} {pair.Second.Name}").First.ShouldBeNull($"seed {seed}");
            Read(batch).Count.ShouldBe(added.Count, $"seed {seed}");
        }
    }

    [Fact]
    public void Chunks_are_filled_up_to_a_quarter_of_a_mebibyte()
    {
        using var batch = new ImageBatch();
        var writer = new ImageWriter(Schema);
        for (var number = 0; number < 40_000; number++)
        {
            batch.Add(Write(writer, $"key-{number}", "ada"));
        }

        var lengths = batch.ToChunks().Select(chunk => chunk.Length).ToList();
        lengths[..^1].ShouldAllBe(length => length > 255 * 1024 && length <= 256 * 1024);
        lengths.Count.ShouldBeGreaterThan(3);
    }

    [Fact]
    public void A_batch_is_full_at_its_budget_and_empty_when_it_is_cleared()
    {
        using var batch = new ImageBatch(budget: 3_000_000);
        var writer = new ImageWriter(Schema);
        for (var round = 0; round < 3; round++)
        {
            while (!batch.IsFull)
            {
                batch.Add(Write(writer, $"key-{batch.Count}", new string('n', 1000)));
            }

            batch.Bytes.ShouldBeInRange(3_000_000, 3_010_000);
            batch.Count.ShouldBeInRange(2_500, 3_000);
            Read(batch).Count.ShouldBe(batch.Count);
            batch.Clear();
            (batch.Count, batch.Bytes, batch.ToChunks().Any()).ShouldBe((0, 0, false));
        }
    }

    static string Text(Random random, int letters, int longest) =>
        new([.. Enumerable.Range(0, random.Next(longest + 1)).Select(_ => (char)('0' + random.Next(letters)))]);

    static Image Write(ImageWriter writer, string key, string name)
    {
        writer.Begin(Encoding.UTF8.GetBytes(key));
        writer.NoField();
        writer.Field(Encoding.UTF8.GetBytes(name));
        writer.NoField();
        return writer.End();
    }

    static string Hex(string key, string name) => Convert.ToHexString(Write(new ImageWriter(Schema), key, name).Content);

    static List<string> Read(ImageBatch batch)
    {
        var read = new List<string>();
        foreach (var chunk in batch.ToChunks())
        {
            for (var rest = chunk.Span; !rest.IsEmpty;)
            {
                var (content, key) = (BitConverter.ToInt32(rest), BitConverter.ToUInt16(rest[4..]));
                var encoded = Encoding.ASCII.GetString(rest.Slice(6, key));
                // A key that was shortened stands whole before the fields.
                var fields = rest.Slice(6 + key, content);
                var raw = fields[0] == 0 ? 1 : fields[0] - 1;
                read.Add($"{(fields[0] == 0 ? KeyText.Decode(encoded) : Encoding.UTF8.GetString(fields[1..raw]))} {Encoding.UTF8.GetString(fields[(raw + 2)..^1])}");
                rest = rest[(6 + key + content)..];
            }
        }

        return read;
    }
}
