using ServerlessSync.Shapes;

namespace Microsoft.ApplicationInsights;

public sealed class TelemetryClient
{
    internal TelemetryClient()
    {
    }

    public void TrackMetric(string name, double value, IDictionary<string, string>? properties = null) => throw Shape.Only();
}
