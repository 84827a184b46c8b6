using ServerlessSync.Mesh.Configuration;

namespace ServerlessSync.Web.Intake;

/// <summary>A source ready to be heard: keys decoded and mapping taken apart, once.</summary>
sealed class IntakeSource
{
    IntakeSource(SourceConfiguration configuration, IReadOnlyList<byte[]> keys)
    {
        Configuration = configuration;
        Keys = keys;
        Reader = new(configuration);
    }

    public SourceConfiguration Configuration { get; }

    public IReadOnlyList<byte[]> Keys { get; }

    public EventReader Reader { get; }

    /// <summary>Prepares a source. A key whose secret is absent is left out: rotation begins and ends so.</summary>
    /// <exception cref="FormatException">A secret is no webhook secret; the message names its reference.</exception>
    public static IntakeSource Make(SourceConfiguration configuration, Func<SecretReference, string?> secrets)
    {
        var keys = new List<byte[]>(2);
        foreach (var reference in configuration.Secrets)
        {
            if (secrets(reference) is { Length: > 0 } secret)
            {
                keys.Add(Decode(configuration, reference, secret));
            }
        }

        return new(configuration, keys);
    }

    static byte[] Decode(SourceConfiguration configuration, SecretReference reference, string secret)
    {
        try
        {
            return StandardWebhooks.DecodeKey(secret);
        }
        catch (FormatException e)
        {
            throw new FormatException($"Source '{configuration.Name}', {reference}: {e.Message}", e);
        }
    }
}
