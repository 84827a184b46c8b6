// One deployment of the mesh in one resource group. Names of queues, tables, settings, roles and metrics stand in the modules and must
// equal those of functions/ServerlessSync.Web/Names.cs and Routes.cs; a test compares them.
targetScope = 'resourceGroup'

@description('Short name of the environment; part of every resource name.')
@allowed(['dev', 'test', 'prod'])
param environmentName string

@description('Region of every resource. It must offer Flex Consumption.')
param location string = resourceGroup().location

@description('Redundancy of the storage accounts. What the mesh acknowledged lies there: production takes zones.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GZRS'])
param storageSku string

@description('Tier of Service Bus. Private endpoints need Premium.')
@allowed(['Standard', 'Premium'])
param serviceBusSku string

@description('Keeps storage, Service Bus and Key Vault off the public network. The app still answers on its public address: sources send there. So does the Durable Task Scheduler.')
param privateNetworking bool = false

@description('Keeps the history of the runs in the Durable Task Scheduler and not in Azure Storage.')
param durableTaskScheduler bool = false

@description('Makes the queue for events of the vault and has Event Grid fill it. Leave it off: no function takes that queue in, and what nobody takes in ends as dead letters.')
param keyVaultEvents bool = false

@description('Most instances the app may scale out to.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('Instances that are always warm: { name: http, durable or function:NAME, instanceCount }. One for http keeps senders from cold starts.')
param alwaysReady array = []

@description('Days logs and metrics are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('Days within which a checkpoint in the audit anchor can be neither changed nor deleted.')
@minValue(1)
@maxValue(146000)
param anchorImmutabilityDays int

@description('Where alerts are sent. Empty: they stand in the portal alone.')
param alertEmails array = []

@description('What mesh.yaml names with env: and is no secret: setting name to value.')
param meshSettings object = {}

@description('What mesh.yaml names with env: and is a secret: setting name to the name of the secret in the vault, never the secret.')
param meshSecrets object = {}

var token = take(uniqueString(resourceGroup().id, environmentName), 10)
var tags = { product: 'serverlesssync', environment: environmentName }

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: 'id-mesh-${environmentName}-${token}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    suffix: '${environmentName}-${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
    principalId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    suffix: '${environmentName}${token}'
    location: location
    tags: tags
    sku: storageSku
    publicAccess: !privateNetworking
    anchorImmutabilityDays: anchorImmutabilityDays
    principalId: identity.outputs.principalId
  }
}

module serviceBus 'modules/servicebus.bicep' = {
  name: 'servicebus'
  params: {
    name: 'sb-mesh-${environmentName}-${token}'
    location: location
    tags: tags
    sku: privateNetworking ? 'Premium' : serviceBusSku
    publicAccess: !privateNetworking
    principalId: identity.outputs.principalId
  }
}

module vault 'modules/keyvault.bicep' = {
  name: 'keyvault'
  params: {
    name: 'kv-mesh-${environmentName}-${token}'
    location: location
    tags: tags
    publicAccess: !privateNetworking
    workspaceId: monitoring.outputs.workspaceId
    principalId: identity.outputs.principalId
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  name: 'network'
  params: {
    suffix: '${environmentName}-${token}'
    location: location
    tags: tags
    endpoints: concat(storage.outputs.endpoints, serviceBus.outputs.endpoints, vault.outputs.endpoints)
  }
}

module scheduler 'modules/scheduler.bicep' = if (durableTaskScheduler) {
  name: 'scheduler'
  params: {
    name: 'dts-mesh-${environmentName}-${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
  }
}

module events 'modules/eventgrid.bicep' = if (keyVaultEvents) {
  name: 'eventgrid'
  params: {
    name: 'evgt-mesh-${environmentName}-${token}'
    location: location
    tags: tags
    vaultName: vault.outputs.name
    namespaceName: serviceBus.outputs.name
    principalId: identity.outputs.principalId
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    name: 'func-mesh-${environmentName}-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    clientId: identity.outputs.clientId
    hostStorageName: storage.outputs.hostName
    packagesUri: storage.outputs.packagesUri
    tablesEndpoint: storage.outputs.tablesEndpoint
    anchorUri: storage.outputs.anchorUri
    serviceBusHost: serviceBus.outputs.host
    vaultUri: vault.outputs.uri
    auditKeyUri: vault.outputs.auditKeyUri
    insightsName: monitoring.outputs.insightsName
    schedulerEndpoint: durableTaskScheduler ? scheduler!.outputs.endpoint : ''
    subnetId: privateNetworking ? network!.outputs.appSubnetId : ''
    maximumInstances: maximumInstances
    alwaysReady: alwaysReady
    meshSettings: meshSettings
    meshSecrets: meshSecrets
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    suffix: '${environmentName}-${token}'
    location: location
    tags: tags
    emails: alertEmails
    namespaceId: serviceBus.outputs.id
    workspaceId: monitoring.outputs.workspaceId
  }
}

output appName string = app.outputs.name
output appHost string = app.outputs.host
output vaultName string = vault.outputs.name
