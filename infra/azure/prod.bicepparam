using 'main.bicep'

param environmentName = 'prod'
param storageSku = 'Standard_GZRS'
param serviceBusSku = 'Premium'
param privateNetworking = true
// The sweep is a group of its own: kept warm it does not read the whole inbox anew each minute.
param alwaysReady = [
  { name: 'http', instanceCount: 1 }
  { name: 'function:sweep', instanceCount: 1 }
]
param maximumInstances = 100
param logRetentionDays = 365
param anchorImmutabilityDays = 2557
param alertEmails = ['identity-team@example.com']

param meshSettings = {
  SAAS_URL: 'https://saas.example.com/scim/v2'
  WAREHOUSE_URL: 'postgresql://mesh@warehouse.example.com:5432/warehouse'
}

param meshSecrets = {
  HR_KEY_1: 'hr-key-1'
  HR_KEY_2: 'hr-key-2'
  OPS_KEY: 'ops-key'
  PAYROLL_KEY: 'payroll-key'
  SAAS_TOKEN: 'saas-token'
  VIEW_KEY: 'view-key'
  WAREHOUSE_PASSWORD: 'warehouse-password'
}
