using Azure.Identity;
using Microsoft.ApplicationInsights;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessSync.Functions;
using ServerlessSync.Hosting;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddApplicationInsightsTelemetryWorkerService().ConfigureFunctionsApplicationInsights();

var settings = builder.Configuration;
var clock = TimeProvider.System;
var credential = new DefaultAzureCredential();
var configuration = ConfigurationFile.Load(Path.Combine(AppContext.BaseDirectory, settings[SettingNames.Configuration] ?? "mesh.yaml"), withSecrets: true, Console.Error)
    ?? throw new FormatException("mesh.yaml cannot be used; what is wrong with it stands above.");
var audit = await AuditPlace.OpenAsync(settings, credential, CancellationToken.None);
using var rows = TablesAccount.Open(settings[SettingNames.Tables] ?? throw new FormatException($"{SettingNames.Tables} is not set"));
await using var targets = new TargetFactory(configuration, clock);
await using var bus = ServiceBusConnection.Open(settings, credential);
await using var changes = bus.CreateSender(QueueNames.ChangeEvents);
await using var drifts = bus.CreateSender(QueueNames.DriftRemediation);

builder.Services.AddServerlessSync(provider => new MeshParts
{
    Configuration = configuration,
    Stores = new MeshStores(rows, clock),
    Targets = targets.Make(),
    Changes = new SessionQueueSender(changes),
    Drifts = new SessionQueueSender(drifts),
    Signer = audit.Signer,
    Anchor = audit.Anchor,
    Secrets = EnvironmentSecrets.Find,
    Report = (name, value) => provider.GetRequiredService<TelemetryClient>().TrackMetric(name, value),
    Loggers = provider.GetRequiredService<ILoggerFactory>(),
});
await builder.Build().RunAsync();
