using Shouldly;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>How the store is told where it lies; whatever is wrong is named.</summary>
public sealed class TablesOptionsTests
{
    const string Key = "c2VjcmV0";

    [Theory]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10002/devstoreaccount1")]
    [InlineData("AccountName=example;AccountKey=c2VjcmV0", "https://example.table.core.windows.net/")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=example;AccountKey=c2VjcmV0;EndpointSuffix=core.chinacloudapi.cn", "https://example.table.core.chinacloudapi.cn/")]
    [InlineData("accountname=example; AccountKey=c2VjcmV0==; TableEndpoint=http://127.0.0.1:9/example;", "http://127.0.0.1:9/example")]
    [InlineData("BlobEndpoint=http://b;QueueEndpoint=http://q;AccountName=a;AccountKey=c2VjcmV0;TableEndpoint=http://t/a", "http://t/a")]
    public void Connection_strings_name_their_endpoint(string text, string endpoint) =>
        TablesOptions.FromConnectionString(text.Replace("c2VjcmV0==", "c2VjcmU=", StringComparison.Ordinal)).Endpoint.ToString().ShouldBe(endpoint);

    [Theory]
    [InlineData("", "AccountName")]
    [InlineData("AccountName=a", "AccountKey")]
    [InlineData("AccountName=;AccountKey=c2VjcmV0", "AccountName")]
    [InlineData("AccountName=a.b;AccountKey=c2VjcmV0;TableEndpoint=http://t", "AccountName")]
    [InlineData("AccountName=a;AccountKey=not base64", "AccountKey")]
    [InlineData("AccountName=a;AccountKey=c2VjcmV0;TableEndpoint=nowhere", "TableEndpoint")]
    [InlineData("AccountName=a;AccountKey=c2VjcmV0;TableEndpoint=ftp://t", "TableEndpoint")]
    [InlineData("AccountName=a;AccountKey=c2VjcmV0;TableEndpoint=http://t?sv=1", "TableEndpoint")]
    [InlineData("AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=a b", "EndpointSuffix")]
    [InlineData("AccountName=a;AccountKey=c2VjcmV0;DefaultEndpointsProtocol=gopher", "DefaultEndpointsProtocol")]
    [InlineData("AccountName=a;AccountName=b;AccountKey=c2VjcmV0", "AccountName")]
    [InlineData("AccountName=a;SharedAccessSignature=sv=1", "SharedAccessSignature")]
    [InlineData("UseDevelopmentStorage=yes", "UseDevelopmentStorage")]
    [InlineData("AcountName=a;AccountKey=c2VjcmV0", "known fields")]
    [InlineData("c2VjcmV0", "known fields")]
    public void A_wrong_connection_string_names_the_field_and_never_the_key(string text, string named)
    {
        var error = Should.Throw<ArgumentException>(() => TablesOptions.FromConnectionString(text));

        error.Message.ShouldContain(named);
        error.ToString().ShouldNotContain(Key);
    }

    [Fact]
    public void Options_do_not_show_the_key() =>
        TablesOptions.FromConnectionString($"AccountName=a;AccountKey={Key}").ToString().ShouldNotContain(Key);

    [Theory]
    [InlineData("http://example.table.core.windows.net")]
    [InlineData("/example")]
    public void A_token_goes_to_an_https_address_only(string endpoint) =>
        Should.Throw<ArgumentException>(() => TablesOptions.FromIdentity(new Uri(endpoint, UriKind.RelativeOrAbsolute))).Message.ShouldContain("https");

    [Fact]
    public void Every_wrong_option_is_named_at_once()
    {
        var options = TablesOptions.FromConnectionString("UseDevelopmentStorage=true") with
        {
            TablePrefix = "1-",
            MaxConnections = 0,
            MaxRetries = -1,
            RetryDelay = TimeSpan.Zero,
            MaxRetryDelay = TimeSpan.FromTicks(-1),
            RequestTimeout = TimeSpan.Zero,
        };

        var message = Should.Throw<ArgumentException>(() => new TablesRowStore(options)).Message;

        foreach (var field in (string[])["TablePrefix", "MaxConnections", "MaxRetries", "RetryDelay", "MaxRetryDelay", "RequestTimeout"])
        {
            message.ShouldContain($"{field}");
        }
    }

    [Fact]
    public async Task A_name_that_can_be_no_table_is_refused()
    {
        using var store = new TablesRowStore(TablesOptions.FromConnectionString("UseDevelopmentStorage=true"));

        (await Should.ThrowAsync<ArgumentException>(async () => await store.GetAsync(new("a-b", "p", "k"), CancellationToken.None))).Message.ShouldContain("a-b");
    }
}
