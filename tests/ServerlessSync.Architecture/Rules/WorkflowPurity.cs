using System.Reflection;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Architecture;

/// <summary>A workflow is sequence only: it is made from nothing and keeps nothing but constants.</summary>
static class WorkflowPurity
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static bool IsWorkflow(Type type) =>
        type is { IsClass: true, IsAbstract: false }
        && Array.Exists(type.GetInterfaces(), port => port.IsGenericType && port.GetGenericTypeDefinition() == typeof(IWorkflow<,>));

    public static IEnumerable<string> Check(IEnumerable<Type> types) =>
        from type in types.Where(IsWorkflow)
        from violation in Constructors(type).Concat(Fields(type))
        select violation;

    static IEnumerable<string> Constructors(Type type) =>
        from constructor in type.GetConstructors(Declared)
        where !constructor.IsStatic && constructor.GetParameters().Length > 0
        select $"{type.FullName} takes {string.Join(", ", constructor.GetParameters().Select(parameter => parameter.ParameterType.Name))}";

    static IEnumerable<string> Fields(Type type) =>
        from level in Levels(type)
        from field in level.GetFields(Declared)
        where !field.IsLiteral
        select $"{type.FullName} keeps {field.Name}";

    static IEnumerable<Type> Levels(Type type)
    {
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            yield return level;
        }
    }
}
