using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace ServerlessSync.Functions.Tests.World;

/// <summary>A function as the platform sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Method">What is called.</param>
/// <param name="Trigger">What calls it.</param>
sealed record Function(string Name, MethodInfo Method, TriggerBindingAttribute Trigger)
{
    /// <summary>Every function of the app.</summary>
    public static IReadOnlyList<Function> All { get; } =
    [
        .. from type in typeof(WebDoor).Assembly.GetExportedTypes()
           from method in type.GetMethods()
           let name = method.GetCustomAttribute<FunctionAttribute>()?.Name
           where name is not null
           select new Function(name, method, method.GetParameters().SelectMany(p => p.GetCustomAttributes<TriggerBindingAttribute>()).Single()),
    ];

    /// <summary>Those with a trigger of one kind.</summary>
    public static IEnumerable<(Function Function, T Trigger)> Of<T>()
        where T : TriggerBindingAttribute => All.Where(f => f.Trigger is T).Select(f => (f, (T)f.Trigger));
}
