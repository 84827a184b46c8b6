using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>The workflows and activities of the engine conformance suite.</summary>
static class ConformanceWorkflows
{
    public static WorkflowCatalog Catalog(Probe probe) => new WorkflowCatalog()
        .AddActivity<int, int>("add-one", () => new ScriptedActivity<int, int>((n, _) => Task.FromResult(n + 1)))
        .AddActivity<string, string>("note", () => Activity(probe, (text, _) => Task.FromResult(text)))
        .AddActivity<string, string>("fail", () => new ScriptedActivity<string, string>((text, _) => throw new InvalidOperationException(text)))
        .AddActivity<int, string>("text-of", () => new ScriptedActivity<int, string>((n, _) => Task.FromResult(new string('x', n))))
        .AddActivity<string, string>("held", () => Activity(probe, async (name, cancel) =>
        {
            await probe.WaitAsync($"release {name}", cancel);
            probe.Note($"ended {name}");
            return name;
        }))
        .AddWorkflow<Sequence, int, int>("sequence")
        .AddWorkflow<FanOut, int, int[]>("fan-out")
        .AddWorkflow<Catches, string, string>("catches")
        .AddWorkflow<Throws, string, string>("throws")
        .AddWorkflow<NotesAndWaits, string[], string>("notes-and-waits")
        .AddWorkflow<WaitsFor, string[], string[]>("waits-for")
        .AddWorkflow<TwoWaiters, string, string[]>("two-waiters")
        .AddWorkflow<CancelledWaiter, string, string>("cancelled-waiter")
        .AddWorkflow<TimerOrEvent, int, string>("timer-or-event")
        .AddWorkflow<Timers, int, int[]>("timers")
        .AddWorkflow<Parent, string[], string>("parent")
        .AddWorkflow<EchoesOrFails, string, string>("echo")
        .AddWorkflow<Sends, string[], string>("sends")
        .AddWorkflow<CountsDown, int, string>("counts-down")
        .AddWorkflow<KeepsEvents, int, string>("keeps-events")
        .AddWorkflow<DropsEvents, int, string>("drops-events")
        .AddWorkflow<LeavesHeld, string, string>("leaves-held")
        .AddWorkflow<LeavesTimer, string, string>("leaves-timer")
        .AddWorkflow<MakesIds, string, Guid[]>("makes-ids")
        .AddWorkflow<Clock, string, DateTimeOffset[]>("clock")
        .AddWorkflow<ShowsStatus, string, string>("shows-status")
        .AddWorkflow<BigResult, int, string>("big-result")
        .AddWorkflow<BigInput, int, string>("big-input")
        .AddWorkflow<BigStatus, int, string>("big-status")
        .AddWorkflow<LongLoop, int, int>("long-loop")
        .AddWorkflow<ForeignWait, string, string>("foreign-wait")
        .AddWorkflow<LimitWorkflows.BigActivityResult, int, string>("big-activity-result")
        .AddWorkflow<LimitWorkflows.BigChildInput, int, string>("big-child-input")
        .AddWorkflow<LimitWorkflows.BigSentEvent, int, string>("big-sent-event")
        .AddWorkflow<LimitWorkflows.BigContinuation, int, string>("big-continuation")
        .AddWorkflow<LimitWorkflows.LongChildId, int, string>("long-child-id")
        .AddWorkflow<LimitWorkflows.WideTurn, int, int>("wide-turn")
        .AddActivity<int, string>("big", () => new ScriptedActivity<int, string>((size, _) => Task.FromResult(new string('x', size))))
        .AddWorkflow<VersionOf, string, string>("version-of", version: "6")
        .AddWorkflow<VersionOf, string, string>("version-of", version: "7");

    static ScriptedActivity<string, string> Activity(Probe probe, Func<string, CancellationToken, Task<string>> run) => new((text, cancel) =>
    {
        probe.Note($"began {text}");
        return run(text, cancel);
    });

    sealed class Sequence : IWorkflow<int, int>
    {
        public async Task<int> RunAsync(WorkflowContext context, int input)
        {
            for (var i = 0; i < 5; i++)
            {
                input = await context.CallActivityAsync<int>("add-one", input);
            }

            return input;
        }
    }

    sealed class FanOut : IWorkflow<int, int[]>
    {
        public Task<int[]> RunAsync(WorkflowContext context, int input) =>
            Task.WhenAll(Enumerable.Range(0, input).Select(i => context.CallActivityAsync<int>("ADD-One", i)));
    }

    sealed class Catches : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
            try
            {
                return await context.CallActivityAsync<string>(input, "went wrong");
            }
            catch (WorkflowTaskFailedException e)
            {
                return $"{e.TaskName}|{e.Failure.ErrorType}|{e.Failure.ErrorMessage}";
            }
        }
    }

    sealed class Throws : IWorkflow<string, string>
    {
        public Task<string> RunAsync(WorkflowContext context, string input) => throw new InvalidOperationException(input);
    }

    sealed class NotesAndWaits : IWorkflow<string[], string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string[] input)
        {
            foreach (var note in input)
            {
                await context.CallActivityAsync<string>("note", note);
            }

            return await context.WaitForExternalEvent<string>("go");
        }
    }

    sealed class WaitsFor : IWorkflow<string[], string[]>
    {
        public async Task<string[]> RunAsync(WorkflowContext context, string[] input)
        {
            List<string> got = [];
            foreach (var name in input)
            {
                got.Add(await context.WaitForExternalEvent<string>(name));
            }

            return [.. got];
        }
    }

    sealed class TwoWaiters : IWorkflow<string, string[]>
    {
        public async Task<string[]> RunAsync(WorkflowContext context, string input)
        {
            var older = context.WaitForExternalEvent<string>("go");
            var newer = context.WaitForExternalEvent<string>("GO");
            await context.CallActivityAsync<string>("note", "both wait");
            await Task.WhenAll(older, newer);
            return [await older, await newer];
        }
    }

    sealed class CancelledWaiter : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
            var older = context.WaitForExternalEvent<string>("go");
            using var cancel = new CancellationTokenSource();
            var newer = context.WaitForExternalEvent<string>("go", cancel.Token);
            cancel.Cancel();
            await context.CallActivityAsync<string>("note", "one waits");
            return $"{newer.IsCanceled} {await older}";
        }
    }

    sealed class TimerOrEvent : IWorkflow<int, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, int input)
        {
            using var cancel = new CancellationTokenSource();
            var timer = context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(input), cancel.Token);
            var go = context.WaitForExternalEvent<string>("go", cancel.Token);
            await context.CallActivityAsync<string>("note", "waits");
            var first = await Task.WhenAny(timer, go);
            cancel.Cancel();
            await context.CallActivityAsync<string>("note", "after");
            return first == timer ? $"timer, event cancelled {go.IsCanceled}" : $"{await go}, timer cancelled {timer.IsCanceled}";
        }
    }

    sealed class Timers : IWorkflow<int, int[]>
    {
        public async Task<int[]> RunAsync(WorkflowContext context, int input)
        {
            var start = context.CurrentUtcDateTime;
            List<int> order = [];
            await Task.WhenAll(Enumerable.Range(1, input).Reverse().Select(async i =>
            {
                await context.CreateTimer(start.AddMilliseconds(20 * i), CancellationToken.None);
                order.Add(context.CurrentUtcDateTime >= start.AddMilliseconds(20 * i) ? i : -i);
            }));
            return [.. order];
        }
    }

    sealed class Parent : IWorkflow<string[], string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string[] input)
        {
            try
            {
                var id = input.Length > 2 ? input[2] : null;
                return "child said " + await context.CallSubOrchestratorAsync<string>(input[0], input[1], id);
            }
            catch (WorkflowTaskFailedException e)
            {
                return $"{e.TaskName} failed: {e.Failure.ErrorMessage}";
            }
        }
    }

    sealed class EchoesOrFails : IWorkflow<string, string>
    {
        public Task<string> RunAsync(WorkflowContext context, string input) =>
            input == "id" ? Task.FromResult(context.InstanceId) : Task.FromResult(input);
    }

    sealed class Sends : IWorkflow<string[], string>
    {
        public Task<string> RunAsync(WorkflowContext context, string[] input)
        {
            context.SendEvent(input[0], input[1], input[2]);
            return Task.FromResult("sent");
        }
    }

    sealed class CountsDown : IWorkflow<int, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, int input)
        {
            var next = await context.CallActivityAsync<int>("add-one", input - 2);
            if (next == 0)
            {
                return "done";
            }

            context.ContinueAsNew(next);
            return "not yet";
        }
    }

    sealed class KeepsEvents : IWorkflow<int, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, int input)
        {
            if (input == 0)
            {
                await context.WaitForExternalEvent<string>("next");
                context.ContinueAsNew(1);
                return "";
            }

            return await context.WaitForExternalEvent<string>("early");
        }
    }

    sealed class DropsEvents : IWorkflow<int, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, int input)
        {
            if (input == 0)
            {
                await context.WaitForExternalEvent<string>("next");
                context.ContinueAsNew(1, preserveUnprocessedEvents: false);
                return "";
            }

            await context.CallActivityAsync<string>("note", "second generation");
            return await context.WaitForExternalEvent<string>("early");
        }
    }

    sealed class LeavesHeld : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
            _ = context.CallActivityAsync<string>("held", input);
            await context.CallActivityAsync<string>("note", "code returns");
            return "returned";
        }
    }

    sealed class LeavesTimer : IWorkflow<string, string>
    {
        public Task<string> RunAsync(WorkflowContext context, string input)
        {
            _ = context.CreateTimer(context.CurrentUtcDateTime.AddDays(3), CancellationToken.None);
            return Task.FromResult("returned");
        }
    }

    sealed class MakesIds : IWorkflow<string, Guid[]>
    {
        public async Task<Guid[]> RunAsync(WorkflowContext context, string input)
        {
            var first = context.NewGuid();
            var second = context.NewGuid();
            await context.CallActivityAsync<string>("note", first.ToString());
            await context.CallActivityAsync<string>("note", "next turn");
            return [first, second, context.NewGuid()];
        }
    }

    sealed class Clock : IWorkflow<string, DateTimeOffset[]>
    {
        public async Task<DateTimeOffset[]> RunAsync(WorkflowContext context, string input)
        {
            var first = context.CurrentUtcDateTime;
            await context.CallActivityAsync<string>("note", first.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var second = context.CurrentUtcDateTime;
            await context.CallActivityAsync<string>("note", "next turn");
            return [first, second, context.CurrentUtcDateTime];
        }
    }

    sealed class ShowsStatus : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
            context.SetCustomStatus(new { phase = input });
            await context.CallActivityAsync<string>("note", "status set");
            return await context.WaitForExternalEvent<string>("go");
        }
    }

    sealed class BigResult : IWorkflow<int, string>
    {
        public Task<string> RunAsync(WorkflowContext context, int input) => Task.FromResult(new string('x', input));
    }

    sealed class BigInput : IWorkflow<int, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, int input)
        {
            try
            {
                return (await context.CallActivityAsync<string>("note", new string('x', input))).Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (ArgumentException e)
            {
                return e.Message;
            }
        }
    }

    sealed class BigStatus : IWorkflow<int, string>
    {
        public Task<string> RunAsync(WorkflowContext context, int input)
        {
            context.SetCustomStatus(new string('x', input));
            return Task.FromResult("set");
        }
    }

    sealed class LongLoop : IWorkflow<int, int>
    {
        public async Task<int> RunAsync(WorkflowContext context, int input)
        {
            for (var i = 0; i < input; i++)
            {
                await context.CallActivityAsync<int>("add-one", i);
            }

            return input;
        }
    }

    sealed class ForeignWait : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
            await new TaskCompletionSource().Task;
            return "never";
        }
    }

    sealed class VersionOf : IWorkflow<string, string>
    {
        public Task<string> RunAsync(WorkflowContext context, string input) => Task.FromResult(context.Version);
    }
}
