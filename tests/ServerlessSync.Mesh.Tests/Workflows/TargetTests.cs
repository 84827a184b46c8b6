using System.Threading.Channels;
using ServerlessSync.Connectors;
using ServerlessSync.Connectors.Limits;
using ServerlessSync.Mesh.Tests.Configuration;
using ServerlessSync.Mesh.Workflows.Targets;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Workflows;

public sealed class TargetTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    static readonly TimeSpan BetweenTurns = TimeSpan.FromSeconds(10);

    readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task What_requests_wait_for_their_turns_is_no_part_of_the_time_an_attempt_has()
    {
        var start = _clock.GetUtcNow();
        (await CallAsync(requests: 5, Task.FromResult(7))).ShouldBe(7);
        (_clock.GetUtcNow() - start).ShouldBe(TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task A_call_whose_requests_had_their_turns_and_that_does_not_answer_is_given_up()
    {
        var start = _clock.GetUtcNow();
        var failure = await Should.ThrowAsync<ConnectorException>(() => CallAsync(requests: 3, new TaskCompletionSource<int>().Task));
        failure.Kind.ShouldBe(FailureKind.OutcomeUnknown);
        (_clock.GetUtcNow() - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(20) + Limit);
    }

    /// <summary>Makes one call of so many requests, one each ten seconds, that then answers as given; moves the clock over every wait that has begun.</summary>
    async Task<int> CallAsync(int requests, Task<int> answer)
    {
        await using var gate = new ConnectorGate("saas", new GateLimits { RatePerSecond = 0.1, Parallel = 1 }, _clock);
        var target = new Target(MeshYaml.Load(MeshYaml.Small).Targets["saas"], new ScriptedConnector("saas", new Script()), gate, _clock, Limit);
        var turns = Channel.CreateUnbounded<Task>();
        var call = target.CallAsync(
            async token =>
            {
                for (var request = 0; request < requests; request++)
                {
                    var turn = ConnectorGate.NextRequestAsync(token);
                    turns.Writer.TryWrite(turn);
                    await turn;
                }

                turns.Writer.Complete();
                return await answer;
            },
            CancellationToken.None);
        await foreach (var turn in turns.Reader.ReadAllAsync())
        {
            if (!turn.IsCompleted)
            {
                _clock.Advance(BetweenTurns);
                await turn;
            }
        }

        while (!call.IsCompleted && !answer.IsCompleted)
        {
            await Task.WhenAny(call, _clock.WaitForTimerAsync(Limit, CancellationToken.None));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        return await call;
    }
}
