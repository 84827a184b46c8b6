using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ServerlessSync.Architecture;

/// <summary>Calls that have one place, or none.</summary>
static class Calls
{
    /// <summary>ConfigureAwait(false) is for the shipped connector packages; elsewhere it would leave a workflow's own scheduler.</summary>
    public static IEnumerable<string> ConfigureAwait(SourceTree tree) =>
        from path in tree.Code("functions/", "tests/")
        from call in tree.Parsed(path).DescendantNodes().OfType<InvocationExpressionSyntax>()
        where Name(call) == "ConfigureAwait" && call.ArgumentList.Arguments is [{ Expression.RawKind: (int)SyntaxKind.FalseLiteralExpression }]
        select $"{path}:{Line(call)} calls ConfigureAwait(false)";

    /// <summary>A test waits on a signal or moves the clock.</summary>
    public static IEnumerable<string> Sleeps(SourceTree tree) =>
        from path in tree.TestCode
        from call in tree.Parsed(path).DescendantNodes().OfType<InvocationExpressionSyntax>()
        where IsSleep(path, call)
        select $"{path}:{Line(call)} calls {call.Expression}";

    /// <summary>A test that cannot run fails; none is skipped.</summary>
    public static IEnumerable<string> SkippedTests(SourceTree tree) =>
        from path in tree.TestCode
        from argument in tree.Parsed(path).DescendantNodes().OfType<AttributeArgumentSyntax>()
        where argument.NameEquals?.Name.Identifier.Text.StartsWith("Skip", StringComparison.Ordinal) == true
        select $"{path} skips a test: {argument}";

    static bool IsSleep(string path, InvocationExpressionSyntax call)
    {
        var target = call.Expression.ToString();
        if (target.EndsWith("Thread.Sleep", StringComparison.Ordinal))
        {
            return true;
        }

        var arguments = call.ArgumentList.Arguments;
        return target.EndsWith("Task.Delay", StringComparison.Ordinal)
            && !arguments[0].ToString().StartsWith("Timeout.Infinite", StringComparison.Ordinal)
            && (IsSuite(path) || arguments.Count < 2);
    }

    // TestKit, the demo and the benchmarks wait for real servers and imitate slow ones, on a clock they are given.
    static bool IsSuite(string path) =>
        path.Split('/')[1] is var project && (project.EndsWith(".Tests", StringComparison.Ordinal) || project.EndsWith(".Architecture", StringComparison.Ordinal));

    static string Name(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax member => member.Name.Identifier.Text,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.Text,
        _ => "",
    };

    static int Line(InvocationExpressionSyntax call) => call.SyntaxTree.GetLineSpan(call.Span).StartLinePosition.Line + 1;
}
