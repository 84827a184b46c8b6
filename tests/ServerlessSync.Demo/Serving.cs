using ServerlessSync.Demo.World;

namespace ServerlessSync.Demo;

/// <summary>The sample world, kept open for whoever wants to try it.</summary>
sealed class Serving(Options options, ProgressLine progress)
{
    const int Port = 7071;

    /// <summary>Serves until told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var world = await SampleWorld.StartAsync(options.Store, Port, cancellationToken);
        Demonstration.Introduce(world, progress);
        progress.Say($"keys: {string.Join(", ", world.Secrets.Variables.Keys)} in {world.SecretsPath}");
        progress.Say(Example(world));
        if (options.Play)
        {
            await using var play = new Play(world, options, progress);
            await play.RunAsync(cancellationToken);
            await play.UntilDoneAsync(options.Deadline, cancellationToken);
            progress.Say("the sample data is played");
        }

        progress.Say($"serving on {world.Address} until Ctrl-C");
        await world.Host.WaitForExitAsync(cancellationToken);
        throw new InvalidOperationException($"serverlesssync has ended:{world.Host.RecentOutput}");
    }

    static string Example(SampleWorld world) => $$$"""

        . {{{world.SecretsPath}}}
        body='{"id":"try-1","type":"employee.hired","sequence":1,"timestamp":"2026-01-05T09:00:00Z","data":{"employee_id":"900","first_name":"Ada","last_name":"Byron","email_local_part":"ABYRON","hire_date":"2026-01-05","job_id":"IT_PROG","department_id":"60"}}'
        now=$(date +%s)
        key=$(printf %s "${HR_KEY_1#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
        signature=$(printf %s "try-1.$now.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
        curl -i {{{world.Address}}}intake/hr -H 'content-type: application/json' -H 'webhook-id: try-1' -H "webhook-timestamp: $now" -H "webhook-signature: v1,$signature" -d "$body"
        curl -s {{{world.Address}}}identities -H "authorization: Bearer $VIEW_KEY"

        """;
}
