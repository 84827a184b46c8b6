// Every Azure role the app's identity, or a resource, is given: its id and why it is needed. Nothing is given a role that is not listed here.
// Ids: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles

@export()
var roles = {
  'Azure Service Bus Data Receiver': {
    id: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
    reason: 'The triggers take messages from the queues and from their dead-letter queues.'
  }
  'Azure Service Bus Data Sender': {
    id: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
    reason: 'The app queues events and drift; Event Grid queues the events of the vault.'
  }
  'Durable Task Data Contributor': {
    id: '0ad04412-c4d5-4796-b79c-f76d14c8d402'
    reason: 'The app starts runs and carries them out, where the Durable Task Scheduler keeps their history.'
  }
  'Key Vault Crypto User': {
    id: '12338af0-0e69-4776-bea7-57ae8d297424'
    reason: 'The app signs audit checkpoints; on that one key.'
  }
  'Key Vault Secrets User': {
    id: '4633458b-17de-408a-b874-0445c86b69e6'
    reason: 'The settings that refer to secrets of the vault are read under the identity of the app.'
  }
  'Monitoring Metrics Publisher': {
    id: '3913510d-42f4-4e42-8a64-420c390055eb'
    reason: 'The app sends logs and metrics; Application Insights takes no keys.'
  }
  'Storage Blob Data Contributor': {
    id: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
    reason: 'The app appends audit checkpoints to the anchor; on that one container, which keeps what was appended.'
  }
  'Storage Blob Data Owner': {
    id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
    reason: 'The Functions host keeps its leases and the deployed package in the host account.'
  }
  'Storage Queue Data Contributor': {
    id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
    reason: 'Durable Functions keeps the queues of its task hub in the host account.'
  }
  'Storage Table Data Contributor': {
    id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
    reason: 'The mesh keeps its rows in the data account, Durable Functions its history in the host account.'
  }
}
