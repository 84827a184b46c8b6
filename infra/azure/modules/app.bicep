// The function app on Flex Consumption. Every connection is made with its identity; no setting holds a key.
param name string
param location string
param tags object
param identityId string
param clientId string
param hostStorageName string
param packagesUri string
param tablesEndpoint string
param anchorUri string
param serviceBusHost string
param vaultUri string
param auditKeyUri string
param insightsName string

@description('Endpoint of the Durable Task Scheduler; empty keeps the history of the runs in the host account.')
param schedulerEndpoint string

@description('Subnet the app calls from; empty for the public network.')
param subnetId string

param maximumInstances int
param alwaysReady array
param meshSettings object
param meshSecrets object

resource hostStorage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: hostStorageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

var settings = {
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  AZURE_CLIENT_ID: clientId
  AzureWebJobsStorage__blobServiceUri: hostStorage.properties.primaryEndpoints.blob
  AzureWebJobsStorage__clientId: clientId
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__queueServiceUri: hostStorage.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: hostStorage.properties.primaryEndpoints.table
  SERVERLESSSYNC_AUDIT_ANCHOR: anchorUri
  SERVERLESSSYNC_AUDIT_KEY: auditKeyUri
  SERVERLESSSYNC_CONFIG: 'mesh.yaml'
  SERVERLESSSYNC_SERVICEBUS__clientId: clientId
  SERVERLESSSYNC_SERVICEBUS__credential: 'managedidentity'
  SERVERLESSSYNC_SERVICEBUS__fullyQualifiedNamespace: serviceBusHost
  SERVERLESSSYNC_TABLES: tablesEndpoint
}

// They replace what host.json says of the storage provider.
var schedulerSettings = {
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${schedulerEndpoint};Authentication=ManagedIdentity;ClientID=${clientId}'
}

// The slash at the end asks for the newest version: https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#rotation
var secretSettings = toObject(items(meshSecrets), item => item.key, item => '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${item.value}/)')

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'asp-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: { minTlsVersion: '1.2' }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReady
      }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(meshSettings, secretSettings, settings, empty(schedulerEndpoint) ? {} : schedulerSettings)
  }

  // Deployment signs in; a publishing password would be a way round that.
  resource publishing 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

output name string = app.name
output host string = app.properties.defaultHostName
