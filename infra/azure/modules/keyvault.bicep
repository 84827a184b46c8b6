// Secrets that mesh.yaml names, put in by people and by no template, and the key that signs audit checkpoints, which never leaves the vault.
import { roles } from 'roles.bicep'

param name string
param location string
param tags object
param publicAccess bool
param workspaceId string
param principalId string

var secretsRole = 'Key Vault Secrets User'
var keyRole = 'Key Vault Crypto User'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: take(name, 24)
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: publicAccess ? 'Allow' : 'Deny'
    }
  }
}

resource auditKey 'Microsoft.KeyVault/vaults/keys@2024-11-01' = {
  parent: vault
  name: 'audit-checkpoints'
  properties: {
    kty: 'EC'
    curveName: 'P-256'
    keyOps: ['sign', 'verify']
  }
}

// Who read which secret, and when.
resource readers 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'access'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

resource secretsAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, roles[secretsRole].id)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[secretsRole].id)
    description: roles[secretsRole].reason
  }
}

resource keyAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(auditKey.id, principalId, roles[keyRole].id)
  scope: auditKey
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[keyRole].id)
    description: roles[keyRole].reason
  }
}

output name string = vault.name
output uri string = vault.properties.vaultUri
output auditKeyUri string = auditKey.properties.keyUri
output endpoints array = [{ id: vault.id, group: 'vault' }]
