using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Web.Access;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Access;

public sealed class ApiKeyringTests
{
    static readonly ApiKeyConfiguration Key = new("ann", new SecretReference("env", "ANN"), ["viewer"]);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void A_key_without_a_secret_opens_nothing_not_even_to_an_empty_one(string? secret)
    {
        var keys = new ApiKeyring([Key], _ => secret);

        keys.IsEmpty.ShouldBeTrue();
        keys.Find("Bearer ").ShouldBeNull();
        keys.Find("Bearer   ").ShouldBeNull();
    }

    [Fact]
    public void A_key_is_known_by_its_exact_text_and_the_scheme_in_any_case()
    {
        var keys = new ApiKeyring([Key], _ => "Secret-1");

        keys.Find("bearer Secret-1")!.Name.ShouldBe("ann");
        keys.Find("Bearer secret-1").ShouldBeNull();
        keys.Find("Bearer " + new string('x', 2000)).ShouldBeNull();
    }
}
