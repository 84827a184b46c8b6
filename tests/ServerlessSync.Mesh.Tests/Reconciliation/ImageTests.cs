using System.Text;
using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

public sealed class ImageTests
{
    static readonly ImageSchema Schema = ImageSchema.ForAccounts(["title", "department", "title"]);
    static readonly string[] Pieces = ["a", "A", "ada", "\u03c3", "\u03c2", "\u03a3", "\uff21", "ß", "\u1e9e", "Ж", "ж", "@", "1", "", new('L', 4100), "\ud800"];

    [Fact]
    public void Fields_stand_in_one_order_whatever_order_the_attributes_were_named_in()
    {
        Schema.Fields.ShouldBe(["active", "userName", "mark", "department", "title"]);
        ImageSchema.ForAccounts(["department", "title"]).Fields.ShouldBe(Schema.Fields);
        ImageSchema.Grants.Fields.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Names_are_equal_exactly_when_they_are_the_same_sign_in_name_on_the_target(bool exact)
    {
        var schema = ImageSchema.ForAccounts([], exact);
        var random = new Random(Sweep.Seed(1));
        var same = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var (one, other) = (Pick(random), Pick(random));
            var equal = Content(Account(userName: one), schema) == Content(Account(userName: other), schema);
            equal.ShouldBe(SignInName.Same(one, other, exact), $"{one} and {other}");
            same += equal ? 1 : 0;
        }

        same.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Every_other_field_is_compared_as_it_is()
    {
        var account = Account(attributes: new() { ["department"] = "Sales", ["title"] = "" });
        TargetAccount[] others =
        [
            account with { Active = false },
            account with { OwnerMark = null },
            account with { OwnerMark = "" },
            account with { OwnerMark = "ID1" },
            account with { Attributes = new Dictionary<string, string> { ["department"] = "sales", ["title"] = "" } },
            account with { Attributes = new Dictionary<string, string> { ["department"] = "Sales" } },
            account with { Attributes = new Dictionary<string, string> { ["title"] = "Sales", ["department"] = "" } },
            account with { Attributes = new Dictionary<string, string> { ["department"] = "Sales\ud800", ["title"] = "" } },
            account with { Attributes = new Dictionary<string, string> { ["department"] = "Sales\ud801", ["title"] = "" } },
            account with { Attributes = new Dictionary<string, string> { ["department"] = new string('x', 5000) + "a", ["title"] = "" } },
            account with { Attributes = new Dictionary<string, string> { ["department"] = new string('x', 5000) + "b", ["title"] = "" } },
        ];

        ((TargetAccount[])[account, .. others]).Select(Content).Distinct().Count().ShouldBe(others.Length + 1);
        Content(account with { Attributes = new Dictionary<string, string>(account.Attributes) { ["unmanaged"] = "x" } }).ShouldBe(Content(account));
    }

    [Fact]
    public void An_image_written_from_UTF8_is_the_one_written_from_texts()
    {
        var random = new Random(Sweep.Seed(1));
        for (var i = 0; i < 5_000; i++)
        {
            var account = Account(Pick(random) + "k", Pick(random), new() { ["department"] = Pick(random), ["title"] = Pick(random) });
            if (account.Key.Length > 4096 || account.ToString().Contains('\ud800', StringComparison.Ordinal) || account.Attributes.Values.Any(value => value.Contains('\ud800', StringComparison.Ordinal)))
            {
                continue;
            }

            var writer = new ImageWriter(Schema);
            writer.Begin(Encoding.UTF8.GetBytes(account.Key));
            foreach (var text in (string[])["true", account.UserName, account.OwnerMark!, account.Attributes["department"], account.Attributes["title"]])
            {
                writer.Field(Encoding.UTF8.GetBytes(text));
            }

            Convert.ToHexString(writer.End().Content).ShouldBe(Content(account));
            Encoding.ASCII.GetString(writer.End().Key).ShouldBe(KeyText.Encode(account.Key));
        }
    }

    [Fact]
    public void A_grant_sorts_by_account_then_right_and_gives_both_back()
    {
        string[] texts = ["a", "a b", "a!", "a/b", "b", "", new('x', 200), "ü", "a\u0001b", "日本"];
        var writer = new ImageWriter(ImageSchema.Grants);
        var images = new Dictionary<string, (string Account, string Grant)>();
        foreach (var (account, grant) in texts.SelectMany(account => texts.Select(grant => (account, grant))))
        {
            var image = writer.WriteGrant(account, grant);
            (ImageSchema.Grants.AccountKeyOf(image), ImageSchema.Grants.GrantOf(image)).ShouldBe((account, grant));
            images.Add(Encoding.ASCII.GetString(image.Key), (account, grant));
        }

        images.OrderBy(image => image.Key, StringComparer.Ordinal).Select(image => image.Value)
            .ShouldBe(images.Values.OrderBy(pair => KeyText.Encode(pair.Account), StringComparer.Ordinal).ThenBy(pair => KeyText.Encode(pair.Grant), StringComparer.Ordinal));
    }

    [Fact]
    public void What_cannot_be_an_image_is_refused_with_its_reason()
    {
        Should.Throw<ArgumentException>(() => { new ImageWriter(Schema).Write(Account(new string('k', 5000))); }).Message.ShouldContain("4096");
        Should.Throw<ArgumentException>(() => ImageSchema.ForAccounts(Enumerable.Range(0, 126).Select(number => $"a{number}"))).Message.ShouldContain("128");
        Should.Throw<InvalidOperationException>(() => { new ImageWriter(Schema).WriteGrant("a", "b"); });
        Should.Throw<InvalidOperationException>(() => { new ImageWriter(ImageSchema.Grants).Write(Account()); });
        Should.Throw<InvalidOperationException>(() =>
        {
            var writer = new ImageWriter(Schema);
            writer.Begin("a"u8);
            writer.NoField();
            writer.End();
        }).Message.ShouldContain("5 fields");
    }

    [Fact]
    public void An_image_of_another_schema_is_refused()
    {
        var writer = new ImageWriter(Schema);
        foreach (var attributes in (string[][])[["title"], ["title", "department", "mail"], []])
        {
            Should.Throw<InvalidDataException>(() => ImageSchema.ForAccounts(attributes).Read(writer.Write(Account(attributes: new() { ["department"] = "Sales" }))));
        }
    }

    [Fact]
    public void The_largest_image_fits_a_row()
    {
        var names = Enumerable.Range(0, ImageSchema.MostFields - 3).Select(number => $"a{number}").ToList();
        var account = Account(new string('ü', 2048), new string('u', 4096), names.ToDictionary(name => name, _ => new string('v', 4096)));

        var image = new ImageWriter(ImageSchema.ForAccounts(names)).Write(account);
        using var batch = new ImageBatch();
        batch.Add(image);
        batch.Add(new ImageWriter(Schema).Write(Account("0")));

        batch.ToChunks().Select(chunk => chunk.Length).ShouldAllBe(length => length <= StoreLimits.RowBytes);
        batch.ToChunks().Count().ShouldBe(2);
    }

    static string Pick(Random random) => string.Concat(Enumerable.Range(0, random.Next(3)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    static TargetAccount Account(string key = "k", string userName = "ada", Dictionary<string, string>? attributes = null) => new(key, userName, true, "id1", attributes ?? []);

    static string Content(TargetAccount account) => Content(account, Schema);

    static string Content(TargetAccount account, ImageSchema schema) => Convert.ToHexString(new ImageWriter(schema).Write(account).Content);
}
