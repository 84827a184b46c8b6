using FsCheck;
using FsCheck.Fluent;
using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Tests.Configuration;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Authority;

public sealed class AttributeAuthorityTests
{
    static readonly MeshConfiguration Mesh = MeshYaml.Load(MeshYaml.Small);
    static readonly DateTimeOffset Monday = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    static readonly string[] Attributes = ["department", "phone", "title", "userName"];

    [Fact]
    public void The_source_of_update_owns_what_nobody_else_is_named_for()
    {
        var merge = AttributeAuthority.Merge(Mesh, null, Says("hr", ("department", "IT"), ("phone", "1")));

        merge.Attributes["department"].ShouldBe(new AttributeValue("IT", "hr", Monday));
        merge.Attributes["phone"].State.ShouldBe(AttributeState.Proposed);
        merge.Changes.Select(c => c.Name).ShouldBe(["department", "phone"]);
    }

    [Fact]
    public void The_named_source_owns_its_attribute()
    {
        var before = After(null, Says("hr", ("phone", "1")));

        var merge = AttributeAuthority.Merge(Mesh, before, Says("badges", ("phone", "2")));

        merge.Attributes["phone"].ShouldBe(new AttributeValue("2", "badges", Monday));
        merge.Changes.ShouldHaveSingleItem().Before!.Value.ShouldBe("1");
    }

    [Fact]
    public void An_accepted_value_outlives_another_source()
    {
        var before = After(null, Says("hr", ("department", "IT")));

        var merge = AttributeAuthority.Merge(Mesh, before, Says("badges", ("department", "Finance")));

        merge.Attributes["department"].Value.ShouldBe("IT");
        merge.Changes.ShouldBeEmpty();
    }

    [Fact]
    public void What_its_owner_no_longer_gives_is_gone()
    {
        var before = After(null, Says("hr", ("department", "IT"), ("title", "Programmer")));

        var merge = AttributeAuthority.Merge(Mesh, before, Says("hr", ("title", "Programmer"), ("department", "")));

        merge.Attributes.Keys.ShouldBe(["title"]);
        merge.Changes.ShouldHaveSingleItem().After.ShouldBeNull();
    }

    [Fact]
    public void A_proposal_is_taken_back_by_its_own_source_alone()
    {
        var before = After(null, Says("badges", ("title", "Boss")));

        AttributeAuthority.Merge(Mesh, before, Says("hr")).Attributes["title"].State.ShouldBe(AttributeState.Proposed);
        AttributeAuthority.Merge(Mesh, before, Says("badges")).Attributes.ShouldBeEmpty();
    }

    [Fact]
    public void The_same_word_again_changes_nothing()
    {
        var before = After(null, Says("hr", ("department", "IT")));

        var merge = AttributeAuthority.Merge(Mesh, before, Says("hr", ("department", "IT")) with { OccurredAt = Monday.AddDays(1) });

        merge.Changes.ShouldBeEmpty();
        merge.Attributes["department"].At.ShouldBe(Monday);
    }

    [Theory]
    [InlineData(ChangeKind.Suspended)]
    [InlineData(ChangeKind.Terminated)]
    [InlineData(ChangeKind.Look)]
    public void Only_a_changed_record_touches_attributes(ChangeKind kind)
    {
        var before = After(null, Says("hr", ("department", "IT")));

        AttributeAuthority.Merge(Mesh, before, Says("hr") with { Kind = kind }).Attributes["department"].Value.ShouldBe("IT");
    }

    [Fact]
    public void No_source_ever_changes_an_accepted_value_it_does_not_own() =>
        Prop.ForAll(Records().ListOf().ToArbitrary(), records =>
        {
            IdentityRecord? identity = null;
            foreach (var record in records)
            {
                var before = identity;
                identity = After(identity, record);
                var touched = Attributes.Where(a => before?.Accepted(a) != identity.Accepted(a));
                if (touched.Any(a => AttributeAuthority.OwnerOf(Mesh, IdentityKind.Person, a) != record.Source))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_accepted_is_the_last_word_of_each_owner() =>
        Prop.ForAll(Records().ListOf().ToArbitrary(), records =>
        {
            var identity = records.Aggregate((IdentityRecord?)null, After);
            return Attributes.All(a =>
            {
                var last = records.LastOrDefault(r => r.Source == (a == "phone" ? "badges" : "hr"));
                var word = last?.Data.GetValueOrDefault(a);
                return identity?.Accepted(a) == (word == "" ? null : word);
            });
        }).QuickCheckThrowOnFailure();

    static SourceRecord Says(string source, params (string Name, string Value)[] data) =>
        new(source, "101", 1, ChangeKind.Changed, data.ToDictionary(d => d.Name, d => d.Value), "e1", Monday);

    static IdentityRecord After(IdentityRecord? identity, SourceRecord record)
    {
        identity ??= new IdentityRecord
        {
            Id = "i1", Kind = IdentityKind.Person, Status = IdentityStatus.Active, Anchors = [], CreatedAt = Monday, UpdatedAt = Monday,
        };
        return identity with { Attributes = AttributeAuthority.Merge(Mesh, identity, record).Attributes };
    }

    static Gen<SourceRecord> Records() =>
        from source in Gen.Elements("hr", "badges")
        from values in Gen.Elements("a", "b", "", null).ArrayOf(Attributes.Length)
        select Says(source, [.. Attributes.Zip(values).Where(p => p.Second is not null).Select(p => (p.First, p.Second!))]);
}
