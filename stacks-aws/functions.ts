import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type FunctionPlacement, NodeFunction } from '../lib/constructs/node-function';
import { pinnedLogicalId } from '../lib/constructs/stateful';
import { type ModelledFunction, modelledFunctions } from '../lib/estate/functions';
import { functionZones } from '../lib/estate/network';
import { rulesCalling } from '../lib/estate/posture';
import type { AccountSettings } from '../lib/estate/settings';
import type { RuleRow } from '../lib/estate/support';
import { defaultSubnetIds } from './default-vpc';
import { EstateStack } from './estate-stack';
import { securityGroupParameter } from './network';

/** Folder with the bundled code of each function, by its name. */
export type FunctionCode = ReadonlyMap<string, string>;

/**
 * @throws when a function has a row but no bundle
 */
export function codeFolderOf(code: FunctionCode, name: string): string {
  const folder = code.get(name);
  if (folder === undefined) {
    throw new Error(`Function has a row but no bundle, got: ${name}. Add lambda/${name}/handler.ts.`);
  }
  return folder;
}

/** Audit section 4: the functions in the region, and the rules that call them. */
export class FunctionsStack extends EstateStack {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly settings: AccountSettings; readonly code: FunctionCode },
  ) {
    super(scope, id, 'functions', { ...props, description: 'Huntaze estate: functions and their rules' });
    for (const row of modelledFunctions.filter(({ kind }) => kind === 'regional')) {
      const nodeFunction = this.addFunction(row, props.code);
      if (row.authorizes) this.admitApi(row.authorizes.apiParameter, nodeFunction);
      for (const rule of rulesCalling(row)) this.addRule(rule, nodeFunction);
    }
  }

  private addFunction(row: ModelledFunction, code: FunctionCode): NodeFunction {
    return new NodeFunction(this, row.name, {
      row,
      settings: this.settings,
      codeFolder: codeFolderOf(code, row.name),
      deployTime: this.deployTime,
      ...(row.vpc && { placement: this.placement() }),
    });
  }

  /** The API's authorizers, and nothing else of API Gateway, may call the function. */
  private admitApi(apiParameter: string, { resource }: NodeFunction): void {
    new CfnPermission(this, 'Permission-authorizer', {
      action: 'lambda:InvokeFunction',
      functionName: resource.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: `arn:aws:execute-api:${this.region}:${this.account}:${this.required(apiParameter)}/authorizers/*`,
    });
  }

  private placement(): FunctionPlacement {
    return {
      subnetIds: defaultSubnetIds(this.settings, functionZones),
      securityGroupId: this.published('network', securityGroupParameter('functions')),
    };
  }

  private addRule(row: RuleRow, { resource }: NodeFunction): void {
    const { trigger } = row;
    const rule = new CfnRule(this, `Rule-${row.name}`, {
      name: row.name,
      state: row.state,
      ...('schedule' in trigger
        ? { scheduleExpression: trigger.schedule }
        : {
            eventPattern: trigger.pattern,
            ...(trigger.busParameter && { eventBusName: this.required(trigger.busParameter) }),
          }),
      targets: [
        {
          id: 'function',
          arn: resource.functionArn,
          ...('function' in row.target && row.target.input && { input: JSON.stringify(row.target.input) }),
          ...(row.retry && {
            retryPolicy: {
              maximumRetryAttempts: row.retry.attempts,
              maximumEventAgeInSeconds: row.retry.maximumAgeSeconds,
            },
          }),
          ...(row.deadLetterQueue && {
            deadLetterConfig: { arn: `arn:aws:sqs:${this.region}:${this.account}:${row.deadLetterQueue}` },
          }),
        },
      ],
    });
    rule.overrideLogicalId(pinnedLogicalId('Rule', row.name));
    new CfnPermission(this, `Permission-${row.name}`, {
      action: 'lambda:InvokeFunction',
      functionName: resource.functionArn,
      principal: 'events.amazonaws.com',
      sourceArn: rule.attrArn,
    });
  }
}
