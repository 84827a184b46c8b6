using Azure.Core;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;
using ServerlessSync.Web;

namespace ServerlessSync.Functions;

/// <summary>The app's own client of Service Bus, from the settings the triggers read too.</summary>
static class ServiceBusConnection
{
    /// <summary>Opens it: by identity where an address is set, and by a connection string otherwise.</summary>
    /// <exception cref="FormatException">Neither is set.</exception>
    public static ServiceBusClient Open(IConfiguration settings, TokenCredential credential)
    {
        if (settings[$"{SettingNames.ServiceBus}:{ConnectionPartNames.Namespace}"] is { Length: > 0 } address)
        {
            return new ServiceBusClient(address, credential);
        }

        return settings[SettingNames.ServiceBus] is { Length: > 0 } text
            ? new ServiceBusClient(text)
            : throw new FormatException($"{SettingNames.ServiceBus}__{ConnectionPartNames.Namespace} is not set");
    }
}
