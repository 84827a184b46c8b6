using System.Reflection;
using Shouldly;

namespace ServerlessSync.TestKit;

/// <summary>The stand-ins of tests/ServerlessSync.Shapes against the packages they stand in for.</summary>
public static class StandIns
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Full names of those whose namespace is among the ones asked for.</summary>
    public static IEnumerable<string> Names(Func<string, bool> isAsked) =>
        Shapes().GetExportedTypes().Where(type => isAsked(type.Namespace!)).Select(type => type.FullName!);

    /// <summary>Fails where the stand-in declares what none of the packages has.</summary>
    public static void ShouldBeDeclaredIn(string name, params Assembly[] packages)
    {
        var shape = Shapes().GetType(name, throwOnError: true)!;
        var official = packages.Select(package => package.GetType(name)).FirstOrDefault(type => type is not null).ShouldNotBeNull();
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
