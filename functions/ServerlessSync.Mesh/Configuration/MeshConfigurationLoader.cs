using System.Security.Cryptography;
using System.Text;
using ServerlessSync.Mesh.Configuration.Reading;
using ServerlessSync.Mesh.Configuration.Sections;
using YamlDotNet.Core;

namespace ServerlessSync.Mesh.Configuration;

/// <summary>Reads mesh.yaml and proves it whole: a configuration, or every error in it at once.</summary>
public static class MeshConfigurationLoader
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const int LargestFile = 1024 * 1024;

    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the text of a file.</summary>
    public static ConfigurationResult Load(string yaml) => Load(Encoding.UTF8.GetBytes(yaml));

    /// <summary>Reads the bytes of a file, UTF-8.</summary>
    public static ConfigurationResult Load(ReadOnlySpan<byte> yaml)
    {
        if (yaml.Length > LargestFile)
        {
            return Refused($"the file has {yaml.Length} bytes; at most {LargestFile} are read");
        }

        string text;
        try
        {
            text = StrictUtf8.GetString(yaml).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            return Refused("the file is not UTF-8");
        }

        var findings = new Findings();
        var root = new TreeReader(new Parser(new StringReader(text)), findings).Read();
        var configuration = root is null ? null : Read(root, new Reader(findings), Convert.ToHexStringLower(SHA256.HashData(yaml)));
        var errors = findings.InOrder();
        return new ConfigurationResult(errors.Count == 0 ? configuration : null, errors);
    }

    static ConfigurationResult Refused(string message) => new(null, [new ConfigurationError("", message, 0)]);

    static MeshConfiguration Read(Node root, Reader read, string hash)
    {
        var section = read.Open(
            root, "organisation", "owners", "sources", "authority", "targets", "entitlements", "policy", "guards", "deadlines", "retention", "tables", "api");
        var tables = TablesSection.Read(section.Optional("tables"), read);
        var sources = SourcesSection.Read(section.Require("sources", "the systems that tell us"), tables, read);
        var targets = TargetsSection.Read(section.Require("targets", "the systems that are kept true"), tables, read);
        var entitlements = EntitlementsSection.Read(
            section.Require("entitlements", "a list of what identities get, which may be empty"), [.. targets.Keys], read);
        var requests = Vocabulary.OfRequests(targets.Keys, entitlements.Select(e => e.Name));
        return new MeshConfiguration
        {
            Organisation = read.Text(section.Require("organisation", "the name of the organisation")) ?? "",
            Hash = hash,
            Owners = OwnersSection.Read(section.Require("owners", "who owns exceptions and revocations; default at least"), read),
            Sources = sources,
            Authority = AuthoritySection.Read(section.Require("authority", "which source decides what, by kind of identity"), sources, read),
            Targets = targets,
            Entitlements = entitlements,
            Policy = PolicySection.Read(section.Require("policy", "version, default and rules"), requests, read),
            Guards = GuardsSection.Read(section.Require("guards", "blast-radius limits; default at least"), read),
            Deadlines = DeadlinesSection.Read(section.Optional("deadlines"), read),
            Retention = RetentionSection.Read(section.Optional("retention"), read),
            ApiKeys = ApiSection.Read(section.Optional("api"), read),
        };
    }
}
