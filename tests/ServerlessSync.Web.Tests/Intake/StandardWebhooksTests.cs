using System.Text;
using ServerlessSync.Web.Intake;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Intake;

public sealed class StandardWebhooksTests
{
    [Fact]
    public void Signing_gives_the_published_vector() =>
        StandardWebhooks.Sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            DateTimeOffset.FromUnixTimeSeconds(1614265330),
            """{"test": 2432232314}"""u8,
            StandardWebhooks.DecodeKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    [Fact]
    public void A_secret_without_its_prefix_is_the_same_key() =>
        StandardWebhooks.DecodeKey(Some.FirstSecret["whsec_".Length..]).ShouldBe(Some.FirstKey);

    [Theory]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64!")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData("whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void A_secret_that_is_no_webhook_secret_is_refused_without_repeating_it(string secret) =>
        Should.Throw<FormatException>(() => StandardWebhooks.DecodeKey(secret)).Message.ShouldBe("A webhook secret is 'whsec_' and base64 of 24 to 64 bytes.");

    [Fact]
    public void A_secret_longer_than_64_bytes_is_refused() =>
        Should.Throw<FormatException>(() => StandardWebhooks.DecodeKey("whsec_" + Convert.ToBase64String(new byte[65])));

    [Fact]
    public async Task A_bad_secret_stops_the_host_naming_the_reference_alone()
    {
        var secrets = Some.Secrets;
        secrets["HR_KEY_2"] = "whsec_hush";

        var failure = await Should.ThrowAsync<FormatException>(() => WebHost.StartAsync(secrets: secrets));

        failure.Message.ShouldContain("env:HR_KEY_2");
        failure.ToString().ShouldNotContain("hush", Case.Sensitive, Encoding.UTF8.WebName);
    }
}
