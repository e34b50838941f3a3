import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { type ModelledFunction, modelledFunctions } from '../../estate/functions';
import { type RuleRow, rules } from '../../estate/support';
import type { Scene } from './scene';

export function functionRow(name: string): ModelledFunction {
  const row = modelledFunctions.find((candidate) => candidate.name === name);
  assert.ok(row, `function ${name} has no row with code`);
  return row;
}

export function literalOf(row: ModelledFunction, variable: string): string {
  const source = row.variables[variable];
  assert.ok(source?.from === 'literal', `${variable} of ${row.name} is no literal`);
  return source.value;
}

/** @returns the function's answer. @throws when the function failed. */
export async function invoke({ lambda }: { readonly lambda: LambdaClient }, name: string, event: object) {
  const { error, payload } = await call({ lambda }, name, event);
  assert.equal(error, undefined, `${name} failed: ${payload}`);
  return JSON.parse(payload || 'null') as unknown;
}

/** The answer as it comes, a failure's as well. */
export async function call({ lambda }: { readonly lambda: LambdaClient }, FunctionName: string, event: object) {
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  return { error: answer.FunctionError, payload: Buffer.from(answer.Payload ?? []).toString('utf8') };
}

/** The emulator ends a function's processes when its configuration is written, even in the middle of a run. */
export async function endProcesses(lambda: LambdaClient, FunctionName: string): Promise<void> {
  const { Timeout } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout }));
}

/** Runs a function with the event that its schedule sends (EventBridge user guide, "Scheduled events"). */
export function runSchedule(scene: Scene, functionName: string): Promise<unknown> {
  const { account, region } = scene;
  return invoke(scene, functionName, {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    time: new Date().toISOString(),
    region,
    resources: [`arn:aws:events:${region}:${account}:rule/${ruleFor(functionName).name}`],
    detail: {},
  });
}

function ruleFor(functionName: string): RuleRow {
  const rule = rules.find(({ target }) => 'function' in target && target.function === functionName);
  assert.ok(rule, `function ${functionName} has no rule`);
  return rule;
}
