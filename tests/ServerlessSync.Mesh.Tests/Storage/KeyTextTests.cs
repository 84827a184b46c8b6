using FsCheck;
using FsCheck.Fluent;
using ServerlessSync.Mesh.Storage;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Storage;

public sealed class KeyTextTests
{
    [Fact]
    public void A_key_turns_back_into_its_text_unless_it_was_shortened() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>().Generator.Where(text => text is not null).ToArbitrary(),
        text => KeyText.Decode(KeyText.Encode(text)) == (KeyText.Encode(text).Contains('~', StringComparison.Ordinal) ? null : text)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("a~b")]
    [InlineData("a_12")]
    [InlineData("a_12g4")]
    [InlineData("_")]
    public void What_is_no_key_is_not_turned_back(string key) => KeyText.Decode(key).ShouldBeNull();
}
