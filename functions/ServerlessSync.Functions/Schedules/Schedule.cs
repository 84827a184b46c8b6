namespace ServerlessSync.Functions;

/// <summary>When timers fire, by the clock in UTC: second, minute, hour, day, month, day of week
/// (<see href="https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions"/>). One instance of the app has each timer.</summary>
static class Schedule
{
    /// <summary>At the beginning of every minute.</summary>
    public const string EveryMinute = "0 * * * * *";

    /// <summary>In the middle of every minute, out of the way of what begins with it.</summary>
    public const string MiddleOfMinute = "30 * * * * *";

    /// <summary>Once an hour, not at its beginning.</summary>
    public const string EveryHour = "45 17 * * * *";
}
