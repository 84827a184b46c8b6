// Queues between what was recorded and what is done about it. A message carries keys, never the only copy; no connection string exists.
import { roles } from 'roles.bicep'

param name string
param location string
param tags object
param sku string
param publicAccess bool
param principalId string

// Sessions keep the order per subject. Duplicates are known by MessageId for the given time, the longest there is where sources repeat for days.
var queues = [
  { name: 'change-events', duplicates: 'P7D' }
  { name: 'drift-remediation', duplicates: 'P1D' }
]
var receiver = 'Azure Service Bus Data Receiver'
var sender = 'Azure Service Bus Data Sender'

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku
    tier: sku
    capacity: sku == 'Premium' ? 1 : null
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
  }
}

// Without public access Event Grid still comes in, as a service Azure trusts.
resource rules 'Microsoft.ServiceBus/namespaces/networkRuleSets@2024-01-01' = if (sku == 'Premium') {
  parent: namespace
  name: 'default'
  properties: {
    defaultAction: publicAccess ? 'Allow' : 'Deny'
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    trustedServiceAccessEnabled: true
  }
}

resource queue 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [for item in queues: {
  parent: namespace
  name: item.name
  properties: {
    requiresSession: true
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: item.duplicates
    deadLetteringOnMessageExpiration: true
    defaultMessageTimeToLive: 'P14D'
    lockDuration: 'PT5M'
    maxDeliveryCount: 10
  }
}]

resource receive 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (item, i) in queues: {
  name: guid(namespace.id, item.name, principalId, roles[receiver].id)
  scope: queue[i]
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[receiver].id)
    description: roles[receiver].reason
  }
}]

resource send 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (item, i) in queues: {
  name: guid(namespace.id, item.name, principalId, roles[sender].id)
  scope: queue[i]
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[sender].id)
    description: roles[sender].reason
  }
}]

output id string = namespace.id
output name string = namespace.name
output host string = '${namespace.name}.servicebus.windows.net'
output endpoints array = [{ id: namespace.id, group: 'namespace' }]
