import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { consolidationTable } from '../../estate/consolidation';
import { ConsolidationStop } from '../errors';
import { StateConflictError, type StateStore, type VersionedState } from '../ports';
import { type RunState, runStateSchema } from '../state';
import type { ConsolidationClients } from './clients';

/** DynamoDB's bound on an item is 400 KB (developer guide, "Quotas"); attributes beside the state need little. */
const largestState = 380_000;

export interface DynamoStateStoreOptions {
  readonly client: ConsolidationClients['dynamo'];
  readonly account: string;
  readonly region: string;
  /** Identifiers of the two instances: their item. */
  readonly source: string;
  readonly target: string;
  /** @default the table of the data stack */
  readonly table?: string;
}

/**
 * The run's state as one item of DynamoDB: every write names the version that it follows, and never lowers the epoch.
 *
 * Lease, epoch and what forbids a deploy also stand as attributes of their own, so that a person, or a pipeline, sees
 * them without the schema of this tool.
 */
export class DynamoStateStore implements StateStore {
  readonly description: string;
  private readonly table: string;
  private readonly pair: string;

  constructor(private readonly options: DynamoStateStoreOptions) {
    this.table = options.table ?? consolidationTable.name;
    this.pair = `${options.account}/${options.region}/${options.source}/${options.target}`;
    this.description = `DynamoDB table ${this.table}, ${consolidationTable.key} ${this.pair}`;
  }

  async read(): Promise<VersionedState | undefined> {
    const { Item } = await this.options.client
      .send(new GetItemCommand({ TableName: this.table, Key: this.key(), ConsistentRead: true }))
      .catch((error: unknown) => {
        throw this.withRemedy(error);
      });
    if (Item === undefined) return undefined;
    const version = Number(Item.version?.N);
    if (!Number.isInteger(version)) throw this.corrupt('version', Item.version?.N);
    return { state: this.parse(Item.state?.S), version };
  }

  async write(state: RunState, expected: number): Promise<number> {
    const text = JSON.stringify(runStateSchema.parse(state));
    if (Buffer.byteLength(text) > largestState) {
      throw new ConsolidationStop(
        'state-corrupt',
        `The state of run ${state.runId} is larger than an item of DynamoDB may be, got: ${Buffer.byteLength(text)} bytes of at most ${largestState}.`,
      );
    }
    const version = expected + 1;
    // Tells our own write from somebody else's when the answer to it was lost and the SDK sent it again.
    const writeId = randomUUID();
    const first = expected === 0;
    try {
      await this.options.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item: {
            ...this.key(),
            version: { N: String(version) },
            writeId: { S: writeId },
            state: { S: text },
            runId: { S: state.runId },
            runStatus: { S: state.status },
            epoch: { N: String(state.epoch) },
            updatedAt: { S: state.updatedAt },
            ...(state.lease && {
              leaseHolder: { S: state.lease.holder },
              leaseExpiresAt: { S: state.lease.expiresAt },
            }),
            ...(state.deploysForbidden !== undefined && { deploysForbidden: { S: state.deploysForbidden } }),
          },
          // The epoch never falls within a run; another run may begin anew.
          ConditionExpression: first
            ? 'attribute_not_exists(#version)'
            : '#version = :expected AND (#epoch <= :epoch OR #run <> :run)',
          ExpressionAttributeNames: { '#version': 'version', ...(first ? {} : { '#epoch': 'epoch', '#run': 'runId' }) },
          ...(!first && {
            ExpressionAttributeValues: {
              ':expected': { N: String(expected) },
              ':epoch': { N: String(state.epoch) },
              ':run': { S: state.runId },
            },
          }),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw this.withRemedy(error);
      if (error.Item?.writeId?.S === writeId) return version;
      throw new StateConflictError(
        `${this.description} was written by somebody else, got: version ${error.Item?.version?.N ?? 'none'}, epoch ${error.Item?.epoch?.N ?? 'none'} where version ${expected}, epoch ${state.epoch} was to be followed.`,
      );
    }
    return version;
  }

  private readonly key = () => ({ [consolidationTable.key]: { S: this.pair } });

  private parse(text: string | undefined): RunState {
    if (text === undefined) throw this.corrupt('state', undefined);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw this.corrupt('state', text.slice(0, 40));
    }
    const result = runStateSchema.safeParse(value);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw this.corrupt(issue?.path.join('.') || 'state', issue?.message);
  }

  private corrupt(field: string, got: unknown): ConsolidationStop {
    return new ConsolidationStop(
      'state-corrupt',
      `${this.description} holds no state of this schema, field ${field}, got: ${String(got)}.`,
    );
  }

  private withRemedy(error: unknown): unknown {
    if (!(error instanceof ResourceNotFoundException)) return error;
    return new ConsolidationStop(
      'bad-input',
      `There is no table for the state, got: ${this.table}.`,
      'Deploy the data stack, or keep the state in a file.',
    );
  }
}
