import {
  GetFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { collect, lastSegment, orAbsent } from '../../audit/clients';
import { compact } from '../json';
import { nameIn, pick, type Reader } from './reader';

/** A function without its environment: names and values are none of the look-up's business (see as-found). */
export const lambdaFunction: Reader = async ({ lambda }, wanted) => {
  const name = nameIn(wanted, 'FunctionName');
  if (name === undefined) return undefined;
  const answer = await orAbsent(
    lambda.send(new GetFunctionCommand({ FunctionName: name })),
    'ResourceNotFoundException',
  );
  const found = answer?.Configuration;
  if (found === undefined) return undefined;
  const vpc = found.VpcConfig;
  const location = answer?.Code?.Location;
  return {
    identifier: { FunctionName: name },
    ref: name,
    attributes: { Arn: found.FunctionArn ?? '' },
    properties: {
      ...pick(found, [
        'FunctionName',
        'Architectures',
        'Description',
        'Handler',
        'MemorySize',
        'PackageType',
        'Role',
        'Runtime',
        'Timeout',
      ]),
      ...compact({
        TracingConfig: found.TracingConfig && { Mode: found.TracingConfig.Mode },
        DeadLetterConfig: found.DeadLetterConfig?.TargetArn && { TargetArn: found.DeadLetterConfig.TargetArn },
        VpcConfig:
          (vpc?.SubnetIds?.length ?? 0) > 0
            ? { SubnetIds: vpc?.SubnetIds, SecurityGroupIds: vpc?.SecurityGroupIds }
            : undefined,
      }),
    },
    ...(location === undefined
      ? {}
      : { code: { location, sha256: Buffer.from(found.CodeSha256 ?? '', 'base64').toString('hex') } }),
  };
};

export const eventSourceMapping: Reader = async ({ lambda }, wanted) => {
  const FunctionName = nameIn(wanted, 'FunctionName');
  const source = nameIn(wanted, 'EventSourceArn');
  if (FunctionName === undefined || source === undefined) return undefined;
  const mappings = await orAbsent(
    collect(paginateListEventSourceMappings({ client: lambda }, { FunctionName }), (page) => page.EventSourceMappings),
    'ResourceNotFoundException',
  );
  const found = mappings?.find((mapping) => mapping.EventSourceArn === source);
  if (found?.UUID === undefined) return undefined;
  return {
    identifier: { Id: found.UUID },
    ref: found.UUID,
    properties: {
      FunctionName: lastSegment(found.FunctionArn ?? ''),
      ...pick(found, [
        'EventSourceArn',
        'BatchSize',
        'MaximumBatchingWindowInSeconds',
        'ScalingConfig',
        'FunctionResponseTypes',
      ]),
    },
  };
};

export const eventInvokeConfig: Reader = async ({ lambda }, wanted) => {
  const FunctionName = nameIn(wanted, 'FunctionName');
  const Qualifier = nameIn(wanted, 'Qualifier');
  if (FunctionName === undefined || Qualifier === undefined) return undefined;
  const found = await orAbsent(
    lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier })),
    'ResourceNotFoundException',
  );
  if (found === undefined) return undefined;
  return {
    identifier: { FunctionName, Qualifier },
    ref: `${FunctionName}|${Qualifier}`,
    properties: { FunctionName, Qualifier, ...pick(found, ['MaximumEventAgeInSeconds', 'MaximumRetryAttempts']) },
  };
};
