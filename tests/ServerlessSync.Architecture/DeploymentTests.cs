using Shouldly;
using Xunit;

namespace ServerlessSync.Architecture;

/// <summary>The Azure deployment against the code it deploys.</summary>
public sealed class DeploymentTests
{
    const string Main = "infra/azure/main.bicep";
    const string Queues = "infra/azure/modules/servicebus.bicep";
    const string Storage = "infra/azure/modules/storage.bicep";
    const string Events = "infra/azure/modules/eventgrid.bicep";
    const string App = "infra/azure/modules/app.bicep";
    const string Roles = "infra/azure/modules/roles.bicep";
    const string LocalSettings = "local.settings.example.json";

    [Fact]
    public async Task Every_name_is_the_same_in_code_templates_and_settings()
    {
        var deployment = await Deployment.ReadAsync();
        Faults(deployment).ShouldBeEmpty();
        deployment.ParameterFiles.Count.ShouldBe(3, "dev, test and prod");
    }

    /// <summary>What fills a queue that nobody empties is found too late: by its dead letters, weeks after.</summary>
    [Fact]
    public async Task A_queue_is_made_unasked_only_where_a_function_takes_it_in()
    {
        var deployment = await Deployment.ReadAsync();
        var code = string.Concat(SourceTree.Repository.Code("functions/ServerlessSync.Functions/").Select(SourceTree.Repository.Content));
        var taken = typeof(Web.QueueNames).GetFields()
            .Where(queue => code.Contains($"ServiceBusTrigger(QueueNames.{queue.Name},", StringComparison.Ordinal))
            .Select(queue => (string)queue.GetRawConstantValue()!);
        new DeployedNames([.. deployment.Templates.Where(file => file.Path == Queues)]).Queues.ShouldBe(taken, ignoreOrder: true);
        deployment.Templates.Single(file => file.Path == Main).Parameters.Single(parameter => BicepFile.NameOf(parameter) == "keyVaultEvents")
            .GetProperty("value").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public void No_shared_name_is_written_twice_in_the_product() => NameLiterals.Check(SourceTree.Repository, new CodeNames()).ShouldBeEmpty();

    [Theory]
    [InlineData(Queues, "'change-events'", "'change-event'", "queue 'change-events' is in the code alone")]
    [InlineData(Queues, "requiresSession: true", "requiresSession: false", "makes a queue without sessions")]
    [InlineData(Queues, "requiresDuplicateDetection: true", "requiresDuplicateDetection: false", "or without duplicate detection")]
    [InlineData(Events, "'key-vault-events'", "'vault-events'", "queue 'key-vault-events' is in the code alone")]
    [InlineData(Storage, "'lanes', ", "", "table 'lanes' is in the code alone")]
    [InlineData(Storage, "hostRoles = [", "hostRoles = ['Owner', ", "role 'Owner' is given in Bicep and not listed there")]
    [InlineData(Roles, "'Key Vault Crypto User'", "'Key Vault Crypto Officer'", "role 'Key Vault Crypto User' is in the code alone")]
    [InlineData(Roles, "0ad04412-", "0ad04412", "role 'Durable Task Data Contributor' has no id")]
    [InlineData(Roles, "0ad04412-", "0ad04413-", "role 'Durable Task Data Contributor' has another id than Azure gives it")]
    [InlineData(App, "SERVERLESSSYNC_TABLES:", "SERVERLESSSYNC_TABLE:", "setting 'SERVERLESSSYNC_TABLES' is in the code alone")]
    [InlineData(App, "SERVERLESSSYNC_SERVICEBUS__", "SERVERLESSSYNC_BUS__", "setting 'SERVERLESSSYNC_BUS' is in the deployment alone")]
    [InlineData(App, "SERVERLESSSYNC_SERVICEBUS__fullyQualifiedNamespace", "SERVERLESSSYNC_SERVICEBUS__namespace", "part of a connection 'SERVERLESSSYNC_SERVICEBUS__fullyQualifiedNamespace'")]
    [InlineData(App, "AzureWebJobsStorage__queueServiceUri", "AzureWebJobsStorage__queueServiceUrl", "part of a connection 'AzureWebJobsStorage__queueServiceUri'")]
    [InlineData(App, "connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'", "connectionStringName: 'SCHEDULER'", "connection 'SCHEDULER' is named in a setting")]
    [InlineData(App, "'mesh.yaml'", "'mesh.yml'", "mesh.yaml of the settings 'mesh.yml' is not what the workflow packs")]
    [InlineData(App, "durableTask__storageProvider__type", "durable__storageProvider__type", "replaces what host.json does not have")]
    [InlineData(App, "minTlsVersion: ", "minTlsVersion: [", "cannot be parsed")]
    [InlineData("infra/azure/modules/alerts.bicep", "serverlesssync.anchor.age", "serverlesssync.anchor", "metric 'serverlesssync.anchor.age' is in the code alone")]
    [InlineData("infra/azure/modules/scheduler.bicep", "'ServerlessSync'", "'Mesh'", "task hub 'ServerlessSync' is in the code alone")]
    [InlineData("infra/azure/prod.bicepparam", "SAAS_TOKEN", "SAAS_KEY", "name of mesh.yaml in infra/azure/prod.bicepparam 'SAAS_TOKEN'")]
    [InlineData("host.json", "\"ServerlessSync\"", "\"TestHubName\"", "task hub of host.json 'TestHubName'")]
    [InlineData("host.json", "\"AzureWebJobsStorage\"", "\"Storage\"", "connection of host.json 'Storage'")]
    [InlineData("host.json", "\"routePrefix\": \"\"", "\"routePrefix\": \"api\"", "a prefix before every route")]
    [InlineData(LocalSettings, "SERVERLESSSYNC_CONFIG", "SERVERLESSSYNC_MESH", "local setting 'SERVERLESSSYNC_CONFIG' is in the code alone")]
    [InlineData(LocalSettings, "WAREHOUSE_PASSWORD", "WAREHOUSE_KEY", "name of mesh.yaml 'WAREHOUSE_PASSWORD' is not in the example settings")]
    [InlineData(LocalSettings, "__fullyQualifiedNamespace", "__namespace", "part of a local connection 'SERVERLESSSYNC_SERVICEBUS__namespace' is none")]
    [InlineData(".github/workflows/deploy.yml", "/healthz", "/health", "another route than health")]
    public async Task A_name_changed_in_the_deployment_is_found(string file, string written, string planted, string said) =>
        (await FaultsAsync(file, written, planted)).ShouldContain(fault => fault.Contains(said, StringComparison.Ordinal));

    [Fact]
    public async Task A_name_changed_in_the_code_is_found()
    {
        var deployment = await Deployment.ReadAsync();
        var code = deployment.Code;
        Renamed(code with { Queues = Planted(code.Queues) }).ShouldContain("queue 'planted' is in the code alone");
        Renamed(code with { Tables = Planted(code.Tables) }).ShouldContain("table 'planted' is in the code alone");
        Renamed(code with { AzureRoles = Planted(code.AzureRoles) }).ShouldContain("role 'planted' is in the code alone");
        Renamed(code with { Settings = Planted(code.Settings) }).ShouldContain("setting 'planted' is in the code alone");
        Renamed(code with { Metrics = Planted(code.Metrics) }).ShouldContain("metric 'planted' is in the code alone");
        Renamed(code with { ConnectionParts = Planted(code.ConnectionParts) }).ShouldContain("part of a connection of the code 'planted' is none");
        Renamed(code with { TaskHubs = Planted(code.TaskHubs) }).ShouldContain("task hub of host.json 'planted' is in the code alone");

        IEnumerable<string> Renamed(CodeNames names) => DeploymentNames.Check(deployment with { Code = names });
        static string[] Planted(IReadOnlyList<string> names) => ["planted", .. names.Skip(1)];
    }

    [Theory]
    [InlineData("param name string", "@secure()\nparam name string", "calls secure")]
    [InlineData("param name string", "param name string\nparam hrPassword string", "takes hrPassword")]
    [InlineData("output name string = app.name", "output key string = hostStorage.listKeys().keys[0].value", "calls hostStorage.listKeys")]
    [InlineData("output name string = app.name", "output insights string = insights.properties.ConnectionString", "answers insights")]
    [InlineData("'mesh.yaml'", "'AccountKey=c29tZSBrZXk='", "holds 'AccountKey=")]
    [InlineData("'mesh.yaml'", "'postgresql://mesh:hunter2@host/db'", "holds 'postgresql://")]
    public async Task A_secret_in_a_template_is_found(string written, string planted, string said) =>
        (await FaultsAsync(App, written, planted)).ShouldContain(fault => fault.Contains(said, StringComparison.Ordinal));

    [Theory]
    [InlineData(Main, "    vaultUri: vault.outputs.uri\n", "", "app is not given vaultUri")]
    [InlineData(Main, "alwaysReady: alwaysReady", "alwaysReadi: alwaysReady", "app is given alwaysReadi")]
    [InlineData(Main, "vault.outputs.uri", "vault.outputs.url", "names the output vault.url")]
    [InlineData(Main, "modules/identity.bicep", "modules/identities.bicep", "deploys modules/identities.bicep")]
    [InlineData("infra/azure/dev.bicepparam", "param storageSku = 'Standard_LRS'\n", "", "infra/azure/dev.bicepparam is not given storageSku")]
    [InlineData("infra/azure/dev.bicepparam", "param storageSku", "param storageTier", "infra/azure/dev.bicepparam is given storageTier")]
    public async Task Templates_that_do_not_fit_each_other_are_found(string file, string written, string planted, string said) =>
        (await FaultsAsync(file, written, planted)).ShouldContain(fault => fault.Contains(said, StringComparison.Ordinal));

    [Theory]
    [InlineData("var q = \"change-events\";", 1)]
    [InlineData("var q = $\"{x}/change-events\";", 1)]
    [InlineData("var t = \"inbox\";", 1)]
    [InlineData("var t = \"an inbox is full\";", 0)]
    [InlineData("var r = \"/identities\";", 1)]
    [InlineData("var s = \"SERVERLESSSYNC_SERVICEBUS__clientId\";", 1)]
    [InlineData("var s = \"env:AZURE_CLIENT_ID\"u8;", 1)]
    [InlineData("// change-events", 0)]
    public void A_shared_name_written_as_a_text_is_found(string statement, int faults) =>
        NameLiterals.Check(new SourceTree(("functions/ServerlessSync.Functions/A.cs", $"class A {{ void M() {{ {statement} }} }}")), new CodeNames()).Count().ShouldBe(faults);

    static async Task<IEnumerable<string>> FaultsAsync(string file, string written, string planted)
    {
        var deployment = await Deployment.ReadAsync(file, text => text.Replace(written, planted, StringComparison.Ordinal));
        return Faults(deployment);
    }

    static IEnumerable<string> Faults(Deployment deployment) =>
        [.. DeploymentSecrets.Check(deployment), .. DeploymentNames.Check(deployment), .. DeploymentWiring.Check(deployment)];
}
