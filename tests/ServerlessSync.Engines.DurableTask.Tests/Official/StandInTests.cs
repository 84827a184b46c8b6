using System.Reflection;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using ServerlessSync.TestKit;

namespace ServerlessSync.Engines.DurableTask.Tests.Official;

/// <summary>Every stand-in of Durable Task declares what the package has.</summary>
public sealed class StandInTests
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static readonly Assembly[] Packages =
        [typeof(TaskOrchestrationContext).Assembly, typeof(DurableTaskClient).Assembly, typeof(global::DurableTask.Core.OrchestrationContext).Assembly];

    public static TheoryData<string> StandIns =>
        [.. Shapes().GetExportedTypes().Where(type => type.Namespace!.Contains("DurableTask", StringComparison.Ordinal)).Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(StandIns))]
    public void A_stand_in_declares_what_the_package_has(string name)
    {
        var shape = Shapes().GetType(name, throwOnError: true)!;
        var official = Packages.Select(package => package.GetType(name)).SingleOrDefault(type => type is not null).ShouldNotBeNull();
        (shape.IsAbstract, shape.IsSealed, shape.BaseType?.FullName).ShouldBe((official.IsAbstract, official.IsSealed, official.BaseType?.FullName));
        Members(shape).Except(Members(official), StringComparer.Ordinal).ShouldBeEmpty();
    }

    static Assembly Shapes() => Assembly.LoadFrom(RepositoryRoot.Combine(
        "tests", "ServerlessSync.Shapes", "bin", "Release", "net10.0", "ServerlessSync.Shapes.dll"));

    static IEnumerable<string> Members(Type type) =>
        from member in type.GetMembers(Declared)
        where member is not MethodBase method || method.IsPublic || method.IsFamily
        where member is not FieldInfo field || field.IsPublic
        where member is not Type
        where !member.Name.Contains("PrintMembers", StringComparison.Ordinal) && member.Name != "EqualityContract"
        select $"{Nature(member)} {member}{Defaults(member)}";

    static string Nature(MemberInfo member) => member switch
    {
        MethodInfo { IsAbstract: true } => "abstract",
        MethodInfo { IsVirtual: true, IsFinal: false } => "virtual",
        FieldInfo { IsLiteral: true } field => $"{field.GetRawConstantValue()}",
        _ => "",
    };

    static string Defaults(MemberInfo member) => member is MethodBase method
        ? string.Concat(method.GetParameters().Select(parameter => parameter.HasDefaultValue ? $" {parameter.Name}={parameter.DefaultValue ?? "null"}" : $" {parameter.Name}"))
        : "";
}
