// The Durable Task Scheduler, which can keep the history of the runs instead of the host account.
import { roles } from 'roles.bicep'

param name string
param location string
param tags object
param principalId string

var contributor = 'Durable Task Data Contributor'

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    // An empty list denies everybody; callers sign in, and the role below decides.
    ipAllowlist: ['0.0.0.0/0']
    sku: { name: 'Consumption' }
  }
}

resource hub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' = {
  parent: scheduler
  name: 'ServerlessSync'
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hub.id, principalId, roles[contributor].id)
  scope: hub
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[contributor].id)
    description: roles[contributor].reason
  }
}

output endpoint string = scheduler.properties.endpoint
