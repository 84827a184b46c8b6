using System.CommandLine;
using ServerlessSync.LocalHost;

var root = new RootCommand("ServerlessSync: keeps identities true in every connected system.")
{
    ServeCommand.Make(),
    new Command("config", "Works with mesh.yaml.") { ConfigCheckCommand.Make() },
    new Command("audit", "Works with the audit record.") { AuditVerifyCommand.Make(), AuditExportCommand.Make(), AuditEraseCommand.Make() },
    new Command("drift", "Works with what was found to differ.") { DriftReportCommand.Make() },
    ReconcileCommand.Make(),
    new Command("store", "Works with the store's file.") { StoreBackupCommand.Make(), StoreCheckCommand.Make(), StoreRestoreCommand.Make() },
};
var parsed = root.Parse(args);
// An orderly stop ends what is under way and takes the last checkpoint: that needs longer than the two seconds given by default.
var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
return parsed.Errors.Count == 0 ? code : ExitCodes.Usage;
