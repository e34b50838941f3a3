import {
  GetFunctionConfigurationCommand,
  paginateListEventSourceMappings,
  paginateListFunctions,
  paginateListVersionsByFunction,
} from '@aws-sdk/client-lambda';
import { functions, type ModelledFunction } from '../../estate/functions';
import { functionZones, securityGroups } from '../../estate/network';
import { effectiveFunction, rulesCalling } from '../../estate/posture';
import type { AccountSettings } from '../../estate/settings';
import { type AuditClients, collect, lastSegment, orAbsent } from '../clients';
import { rulesOfTarget, securityGroupNames, subnetsIn } from '../lookups';
import { type JsonValue, labelColumn, type Properties, readColumn, type Section } from '../model';

export const functionsSection: Section = {
  id: 'functions',
  part: 'audit',
  nameHeading: 'name',
  columns: [readColumn('runtime', 'runtime'), labelColumn('usage')],

  expected: (settings) =>
    functions.map((row) =>
      row.status === 'modelled'
        ? { kind: 'modelled', name: row.name, label: row.usage, properties: expectedProperties(row, settings) }
        : {
            kind: row.status === 'pending' ? 'pending' : 'not modelled',
            name: row.name,
            label: row.usage,
            reason: row.reason,
          },
    ),

  async read(clients, name) {
    const { lambda } = clients;
    const configuration = await orAbsent(
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name })),
      'ResourceNotFoundException',
    );
    if (configuration === undefined) return undefined;
    return {
      state: configuration.State ?? null,
      runtime: configuration.Runtime ?? null,
      handler: configuration.Handler ?? null,
      memory: configuration.MemorySize ?? null,
      timeout: configuration.Timeout ?? null,
      tracing: configuration.TracingConfig?.Mode ?? null,
      role: configuration.Role ? lastSegment(configuration.Role) : null,
      // Values are dropped here, where they arrive: some are secrets that somebody put in the wrong place.
      variables: Object.keys(configuration.Environment?.Variables ?? {}).sort(),
      deadLetterQueue: configuration.DeadLetterConfig?.TargetArn
        ? lastSegment(configuration.DeadLetterConfig.TargetArn)
        : null,
      subnets: [...(configuration.VpcConfig?.SubnetIds ?? [])].sort(),
      securityGroups: await securityGroupNames(clients, configuration.VpcConfig?.SecurityGroupIds ?? []),
      rules: await rulesOfTarget(clients, configuration.FunctionArn ?? ''),
      queues: await queuesOf(clients, name),
      hasPublishedVersion: await hasPublishedVersion(clients, name),
    };
  },

  async list({ lambda }) {
    const all = await collect(paginateListFunctions({ client: lambda }, {}), (page) => page.Functions);
    return all.map((item) => item.FunctionName ?? '');
  },
};

const expectedProperties = (row: ModelledFunction, settings: AccountSettings): Properties => ({
  state: 'Active',
  runtime: settings.runtime,
  handler: row.handler,
  memory: row.memory,
  timeout: row.timeout,
  tracing: row.tracing,
  role: row.role,
  variables: Object.keys(row.variables).sort(),
  // Outside a VPC, a function has neither.
  subnets: row.vpc === undefined ? [] : subnetsIn(functionZones, settings),
  securityGroups: row.vpc === undefined ? [] : [securityGroups.functions.name],
  deadLetterQueue: effectiveFunction(row, settings.posture).deadLetterQueue ?? null,
  rules: rulesCalling(row)
    .map(({ name }) => name)
    .sort(),
  queues:
    row.consumes === undefined
      ? []
      : [
          {
            queue: row.consumes.queue,
            batchSize: row.consumes.batchSize,
            batchWindowSeconds: row.consumes.batchWindowSeconds ?? 0,
            maxConcurrency: row.consumes.maxConcurrency ?? null,
            partialFailures: true,
            enabled: true,
          },
        ],
  // CloudFront takes a numbered version only; what nobody pins needs none.
  ...(row.kind === 'edge' ? { hasPublishedVersion: true } : {}),
});

async function queuesOf({ lambda }: AuditClients, FunctionName: string): Promise<JsonValue[]> {
  const mappings = await collect(
    paginateListEventSourceMappings({ client: lambda }, { FunctionName }),
    (page) => page.EventSourceMappings,
  );
  return mappings
    .map((mapping) => ({
      queue: lastSegment(mapping.EventSourceArn ?? ''),
      batchSize: mapping.BatchSize ?? null,
      batchWindowSeconds: mapping.MaximumBatchingWindowInSeconds ?? 0,
      maxConcurrency: mapping.ScalingConfig?.MaximumConcurrency ?? null,
      partialFailures: (mapping.FunctionResponseTypes ?? []).includes('ReportBatchItemFailures'),
      enabled: mapping.State === 'Enabled',
    }))
    .sort((a, b) => a.queue.localeCompare(b.queue, 'en'));
}

async function hasPublishedVersion({ lambda }: AuditClients, FunctionName: string): Promise<boolean> {
  const versions = await collect(
    paginateListVersionsByFunction({ client: lambda }, { FunctionName }),
    (page) => page.Versions,
  );
  return versions.some((version) => version.Version !== '$LATEST');
}
