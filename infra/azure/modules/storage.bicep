// Three accounts, none of which takes a key: the host's own (leases, package, task hub), the data of the mesh, and the audit anchor, which
// must not be reached with the data. Each has its own request limit.
import { roles } from 'roles.bicep'

param suffix string
param location string
param tags object
param sku string
param publicAccess bool
param anchorImmutabilityDays int
param principalId string

// Equal to ServerlessSync.Mesh.Storage.TableNames: the app may read and write rows, and finds its tables made.
var tables = ['accounts', 'checkpoints', 'claims', 'drifts', 'exceptions', 'identities', 'inbox', 'lanes', 'reconciliations', 'references', 'sortedruns']

var accounts = ['host', 'data', 'anchor']
var hostRoles = ['Storage Blob Data Owner', 'Storage Queue Data Contributor', 'Storage Table Data Contributor']
var dataRole = 'Storage Table Data Contributor'
var anchorRole = 'Storage Blob Data Contributor'

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = [for kind in accounts: {
  name: take('st${kind}${suffix}', 24)
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: publicAccess ? 'Allow' : 'Deny'
    }
  }
}]

resource hostBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: account[0]
  name: 'default'
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = {
  parent: hostBlobs
  name: 'app-packages'
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-01-01' = {
  parent: account[1]
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-01-01' = [for name in tables: {
  parent: tableService
  name: name
}]

resource anchorBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: account[2]
  name: 'default'
}

resource anchor 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = {
  parent: anchorBlobs
  name: 'audit-anchor'
}

// Appending stays possible, changing and deleting does not. Unlocked, so that a trial can be torn down; the guide says when to lock it.
resource anchorPolicy 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2025-01-01' = {
  parent: anchor
  name: 'default'
  properties: {
    immutabilityPeriodSinceCreationInDays: anchorImmutabilityDays
    allowProtectedAppendWrites: true
  }
}

resource hostAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in hostRoles: {
  name: guid(account[0].id, principalId, roles[role].id)
  scope: account[0]
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[role].id)
    description: roles[role].reason
  }
}]

resource dataAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account[1].id, principalId, roles[dataRole].id)
  scope: account[1]
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[dataRole].id)
    description: roles[dataRole].reason
  }
}

resource anchorAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(anchor.id, principalId, roles[anchorRole].id)
  scope: anchor
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[anchorRole].id)
    description: roles[anchorRole].reason
  }
}

output hostName string = account[0].name
output packagesUri string = '${account[0].properties.primaryEndpoints.blob}${packages.name}'
output tablesEndpoint string = account[1].properties.primaryEndpoints.table
output anchorUri string = '${account[2].properties.primaryEndpoints.blob}${anchor.name}'
output endpoints array = [
  { id: account[0].id, group: 'blob' }
  { id: account[0].id, group: 'queue' }
  { id: account[0].id, group: 'table' }
  { id: account[1].id, group: 'table' }
  { id: account[2].id, group: 'blob' }
]
