using 'main.bicep'

param environmentName = 'test'
param storageSku = 'Standard_ZRS'
param serviceBusSku = 'Standard'
param logRetentionDays = 90
param anchorImmutabilityDays = 7
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
