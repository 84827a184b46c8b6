// Alerts on what governance promises. A measure that does not arrive counts as broken: silence is no sign that all is well.
param suffix string
param location string
param tags object
param emails array
param namespaceId string
param workspaceId string

// Metrics the app reports every minute, the most each may be, and what it means when it is more.
var objectives = [
  {
    metric: 'serverlesssync.exceptions.overdue'
    most: 0
    severity: 1
    meaning: 'An exception is open past its deadline: something a named person should have settled.'
  }
  {
    metric: 'serverlesssync.leavers.age'
    most: 14400
    severity: 0
    meaning: 'Somebody left more than four hours ago and is not off every target.'
  }
  {
    metric: 'serverlesssync.anchor.age'
    most: 900
    severity: 1
    meaning: 'For a quarter of an hour nothing has been anchored: what happened since could be rewritten unseen.'
  }
]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(emails)) {
  name: 'ag-mesh-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'mesh'
    emailReceivers: [for (email, i) in emails: {
      name: 'receiver-${i}'
      emailAddress: email
      useCommonAlertSchema: true
    }]
  }
}

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'dead-letters-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'For five minutes a dead-letter queue was never empty: the app could not handle what lies there. Mend the cause; the app takes it in by itself.'
    enabled: true
    severity: 1
    scopes: [namespaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-letters'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          timeAggregation: 'Minimum'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [
            {
              name: 'EntityName'
              operator: 'Include'
              values: ['*']
            }
          ]
        }
      ]
    }
    actions: empty(emails) ? [] : [{ actionGroupId: group.id }]
  }
}

resource rule 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for objective in objectives: {
  name: '${objective.metric}-${suffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: objective.metric
    description: objective.meaning
    enabled: true
    severity: objective.severity
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'AppMetrics | where Name == "${objective.metric}" | summarize Value = coalesce(max(Max), real(1000000000))'
          metricMeasureColumn: 'Value'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: objective.most
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: empty(emails) ? [] : [group.id]
    }
  }
}]
