using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ServerlessSync.Architecture;

/// <summary>The public surface of a set of types as text, in an order that does not depend on the source.</summary>
static class ApiText
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static readonly NullabilityInfoContext Nullability = new();

    public static string Of(IEnumerable<Type> types) =>
        string.Concat(types.Where(type => type.IsVisible).OrderBy(type => type.FullName, StringComparer.Ordinal).Select(Print));

    static string Print(Type type)
    {
        IEnumerable<string> members = type.IsEnum ? Names(type) : Members(type).Order(StringComparer.Ordinal);
        return $"{type.Namespace}: {Header(type)}\n{string.Concat(members.Select(member => $"    {member}\n"))}\n";
    }

    static IEnumerable<string> Names(Type type) =>
        Enum.GetNames(type).Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}"));

    static string Header(Type type)
    {
        var inherited = type.BaseType?.GetInterfaces() ?? [];
        string[] parents =
        [
            .. Parent(type),
            .. type.GetInterfaces().Except(inherited).Where(port => !type.IsEnum && !IsOfRecord(type, port)).Select(TypeText.Of).Order(StringComparer.Ordinal),
        ];
        return $"{Kind(type)} {TypeText.Of(type)}{(parents.Length == 0 ? "" : " : " + string.Join(", ", parents))}";
    }

    static IEnumerable<string> Parent(Type type) =>
        type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) ? [TypeText.Of(parent)] : [];

    static string Kind(Type type)
    {
        var noun = IsRecord(type) ? "record" : "class";
        return type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => IsRecord(type) ? "record struct" : "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract " + noun,
            { IsSealed: true } => "sealed " + noun,
            _ => noun,
        };
    }

    static bool IsRecord(Type type) => type.GetMethod("<Clone>$", Declared) is not null || type.GetMethod("PrintMembers", Declared) is not null;

    static bool IsOfRecord(Type type, Type port) => IsRecord(type) && port.IsGenericType && port.GetGenericTypeDefinition() == typeof(IEquatable<>);

    static IEnumerable<string> Members(Type type) =>
    [
        .. type.GetConstructors(Declared).Where(IsSeen).Select(constructor => $"new({Parameters(constructor)})"),
        .. type.GetProperties(Declared).Where(property => property.Name != "EqualityContract" && property.GetAccessors(true).Any(IsSeen)).Select(Property),
        .. type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily).Select(field => Field(field)),
        .. type.GetEvents(Declared).Where(item => IsSeen(item.AddMethod!)).Select(item => $"event {TypeText.Of(item.EventHandlerType!)} {item.Name}"),
        .. type.GetMethods(Declared).Where(method => IsSeen(method) && IsWritten(method)).Select(Method),
    ];

    static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    static bool IsWritten(MethodInfo method) =>
        method.GetCustomAttribute<CompilerGeneratedAttribute>() is null && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal));

    static string Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(true).Where(IsSeen).ToArray();
        var get = accessors.Any(accessor => accessor == property.GetMethod) ? "get; " : "";
        var set = accessors.Any(accessor => accessor == property.SetMethod) ? IsInit(property) ? "init; " : "set; " : "";
        var required = property.GetCustomAttribute<RequiredMemberAttribute>() is null ? "" : "required ";
        var index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"[{string.Join(", ", parameters.Select(Parameter))}]" : "";
        return $"{Modifier(accessors[0])}{required}{TypeText.Of(Nullability.Create(property))} {property.Name}{index} {{ {get}{set}}}";
    }

    static bool IsInit(PropertyInfo property) =>
        property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    static string Field(FieldInfo field) =>
        $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{TypeText.Of(field.FieldType)} {field.Name}{(field.IsLiteral ? " = " + Literal(field.GetRawConstantValue()) : "")}";

    static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(TypeText.Of))}>" : "";
        return $"{Modifier(method)}{TypeText.Of(Nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)})";
    }

    static string Modifier(MethodBase method) =>
        (method.IsPublic ? "" : "protected ")
        + (method switch
        {
            { IsStatic: true } => "static ",
            { DeclaringType.IsInterface: true } => "",
            { IsAbstract: true } => "abstract ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        });

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    static string Parameter(ParameterInfo parameter) =>
        $"{TypeText.Of(Nullability.Create(parameter))} {parameter.Name}{(parameter.HasDefaultValue ? " = " + Literal(parameter.DefaultValue) : "")}";

    static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
