using System.Diagnostics;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ServerlessSync.Mesh.Model;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Model;

public sealed class SignInNameTests
{
    [Theory]
    [InlineData("ada@example.com", "ADA@Example.COM")]
    [InlineData("ada@example.com", "\uff21\uff44\uff21\uff20example\uff0ecom")]
    [InlineData("\u00e9lan", "\u00c9LAN")]
    [InlineData("stra\u00dfe", "STRA\u1e9eE")]
    [InlineData("\u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c3", "\u03a3\u0399\u03a3\u03a5\u03a6\u039f\u03a3")]
    [InlineData("\u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c3", "\u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c2")]
    [InlineData("\u0431\u043e\u0440\u0438\u0441", "\u0411\u041e\u0420\u0418\u0421")]
    [InlineData("\u0567\u0580", "\u0537\u0550")]
    public void These_are_the_same_name(string one, string other)
    {
        SignInName.FaultOf(one).ShouldBeNull();
        SignInName.FaultOf(other).ShouldBeNull();
        SignInName.Same(one, other).ShouldBeTrue();
        SignInName.KeyOf(other).ShouldBe(one);
    }

    [Theory]
    [InlineData("\u0131lker", "ilker")]
    [InlineData("strasse", "stra\u00dfe")]
    [InlineData("elan", "\u00e9lan")]
    [InlineData("o", "0")]
    [InlineData("\u043e", "o")]
    public void These_are_different_names(string one, string other)
    {
        SignInName.FaultOf(one).ShouldBeNull();
        SignInName.FaultOf(other).ShouldBeNull();
        SignInName.Same(one, other).ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "1 to 256")]
    [InlineData("a b", "U+0020")]
    [InlineData("a\tb", "U+0009")]
    [InlineData("a\0", "U+0000")]
    [InlineData("\u212bngstrom", "U+212B")]
    [InlineData("e\u0301lan", "U+0301")]
    [InlineData("\u0130", "U+0130")]
    [InlineData("\u017fet", "U+017F")]
    [InlineData("\ufb03", "U+FB03")]
    [InlineData("a\u200b", "U+200B")]
    [InlineData("a\u202e", "U+202E")]
    [InlineData("a\ud800", "U+FFFD")]
    [InlineData("a\u0661", "U+0661")]
    [InlineData("\u1112\u1161\u11ab", "U+1112")]
    [InlineData("\u0430da", "scripts")]
    [InlineData("da1\u0430", "scripts")]
    [InlineData("p\u03b1ypal", "scripts")]
    [InlineData("\u05d0da", "scripts")]
    [InlineData("\u30abka", "scripts")]
    public void These_are_no_names_and_the_fault_says_why_without_repeating_them(string text, string why)
    {
        var fault = SignInName.FaultOf(text).ShouldNotBeNull();

        fault.ShouldContain(why);
        fault.ShouldAllBe(c => c >= ' ' && c <= '~');
    }

    [Theory]
    [InlineData("\u0431\u043e\u0440\u0438\u0441@example.com")]
    [InlineData("\u7530\u4e2d\u30bf\u30ed\u30fc.smith")]
    [InlineData("a-\u03b1")]
    public void Parts_may_be_of_different_scripts(string name) => SignInName.FaultOf(name).ShouldBeNull();

    [Fact]
    public void A_name_prepared_or_made_a_key_twice_is_what_it_was_once_and_stays_a_name() =>
        Prop.ForAll(
            Gen.Elements(Admitted()).ArrayOf(12).Select(letters => new string(letters)).ToArbitrary(),
            text => SignInName.Prepare(SignInName.Prepare(text)) == SignInName.Prepare(text)
                && SignInName.KeyOf(SignInName.KeyOf(text)) == SignInName.KeyOf(text)
                && SignInName.KeyOf(SignInName.Prepare(text)) == SignInName.KeyOf(text)
                && (SignInName.FaultOf(text) is null) == (SignInName.FaultOf(SignInName.KeyOf(text)) is null)).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Every_letter_that_is_taken_has_one_form_and_one_lower_case_by_the_unicode_tables_of_another_implementation()
    {
        // The runtime here is built without such tables; Node.js has them.
        const string script = """
            let text = ''; process.stdin.setEncoding('utf8').on('data', d => text += d).on('end', () => {
              for (const pair of text.split('\n').filter(p => p)) {
                const [given, key] = [...pair.split(' ')];
                if (given.normalize('NFC') !== given || given.normalize('NFKC') !== given) console.log('form', given.codePointAt(0).toString(16));
                if (key.normalize('NFC') !== key || given.toLowerCase().replace('\u03c2', '\u03c3') !== key) console.log('case', given.codePointAt(0).toString(16));
              }
            });
            """;
        var letters = Admitted().Where(c => c is < '\uFF01' or > '\uFF5E').ToList();
        letters.Count.ShouldBeGreaterThan(30_000);
        using var node = Process.Start(new ProcessStartInfo("node", ["-e", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            UseShellExecute = false,
        })!;

        await node.StandardInput.WriteAsync(string.Concat(letters.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c} {SignInName.KeyOf(c.ToString())}\n"))));
        node.StandardInput.Close();

        (await node.StandardOutput.ReadToEndAsync()).ShouldBeEmpty();
        await node.WaitForExitAsync();
        node.ExitCode.ShouldBe(0);
    }

    static char[] Admitted() => [.. Enumerable.Range(0, 0x10000).Select(c => (char)c).Where(c => SignInName.FaultOf(c.ToString()) is null)];
}
