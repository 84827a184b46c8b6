// Events of the vault, put in a queue: no endpoint has to answer at deployment, and none is lost while the app is away. The queue is made here and
// not with the others, so that there is none that nobody fills. One object of the vault is one session; Event Grid keeps the MessageId of an event
// it delivers again, for as long as it tries: https://learn.microsoft.com/azure/event-grid/handler-service-bus
import { roles } from 'roles.bicep'

param name string
param location string
param tags object
param vaultName string
param namespaceName string
param principalId string

var target = 'key-vault-events'
var receiver = 'Azure Service Bus Data Receiver'
var sender = 'Azure Service Bus Data Sender'
var kinds = ['Secret', 'Certificate', 'Key']

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: namespaceName
}

resource queue 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: namespace
  name: target
  properties: {
    requiresSession: true
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'P1D'
    deadLetteringOnMessageExpiration: true
    defaultMessageTimeToLive: 'P14D'
    lockDuration: 'PT5M'
    maxDeliveryCount: 10
  }
}

resource receive 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(namespace.id, target, principalId, roles[receiver].id)
  scope: queue
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[receiver].id)
    description: roles[receiver].reason
  }
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    source: vault.id
    topicType: 'Microsoft.KeyVault.vaults'
  }
}

resource send 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(queue.id, topic.id, roles[sender].id)
  scope: queue
  properties: {
    principalId: topic.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[sender].id)
    description: roles[sender].reason
  }
}

resource subscriptions 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = [for kind in kinds: {
  parent: topic
  name: 'to-mesh-${toLower(kind)}'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: {
      includedEventTypes: [
        'Microsoft.KeyVault.${kind}NewVersionCreated'
        'Microsoft.KeyVault.${kind}NearExpiry'
        'Microsoft.KeyVault.${kind}Expired'
      ]
    }
    retryPolicy: {
      eventTimeToLiveInMinutes: 1440
      maxDeliveryAttempts: 30
    }
    deliveryWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      destination: {
        endpointType: 'ServiceBusQueue'
        properties: {
          resourceId: queue.id
          deliveryAttributeMappings: [
            {
              name: 'SessionId'
              type: 'Dynamic'
              properties: { sourceField: 'subject' }
            }
          ]
        }
      }
    }
  }
  dependsOn: [send]
}]
