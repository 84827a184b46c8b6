// Private endpoints for everything the app keeps data in, and the subnet the app reaches them from.
param suffix string
param location string
param tags object

@description('Resources with the group of the endpoint each needs: { id, group }.')
param endpoints array

// The name of the zone is fixed by the group: https://learn.microsoft.com/azure/private-link/private-endpoint-dns
var zones = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  namespace: 'privatelink.servicebus.windows.net'
  vault: 'privatelink.vaultcore.azure.net'
}
var groups = ['blob', 'queue', 'table', 'namespace', 'vault']

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: 'vnet-mesh-${suffix}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.60.0.0/16'] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: '10.60.0.0/24'
          delegations: [
            {
              name: 'flex-consumption'
              properties: { serviceName: 'Microsoft.App/environments' }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: { addressPrefix: '10.60.1.0/24' }
      }
    ]
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [for group in groups: {
  name: zones[group]
  location: 'global'
  tags: tags
}]

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (group, i) in groups: {
  parent: zone[i]
  name: 'to-mesh'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: { id: network.id }
  }
}]

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = [for item in endpoints: {
  name: 'pe-${last(split(item.id, '/'))}-${item.group}'
  location: location
  tags: tags
  properties: {
    subnet: { id: '${network.id}/subnets/endpoints' }
    privateLinkServiceConnections: [
      {
        name: item.group
        properties: {
          privateLinkServiceId: item.id
          groupIds: [item.group]
        }
      }
    ]
  }
}]

resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [for (item, i) in endpoints: {
  parent: endpoint[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: item.group
        properties: { privateDnsZoneId: zone[indexOf(groups, item.group)].id }
      }
    ]
  }
}]

output appSubnetId string = '${network.id}/subnets/app'
