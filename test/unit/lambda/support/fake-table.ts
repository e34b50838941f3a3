import {
  BatchGetCommand,
  type BatchGetCommandInput,
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

export type Item = Record<string, unknown>;

/** What DynamoDB raises when a condition does not hold. */
export class ConditionalCheckFailedException extends Error {
  override readonly name = 'ConditionalCheckFailedException';
}

/**
 * One DynamoDB table in memory behind the document client: query on an index of equalities and one `<=`, batch get,
 * get, and updates with SET, ADD (to a set), REMOVE and conditions of one comparison.
 */
export class FakeTable {
  readonly mock = mockClient(DynamoDBDocumentClient);
  readonly items: Item[] = [];

  constructor(private readonly keys: readonly string[]) {
    this.reset();
  }

  reset(): void {
    this.items.length = 0;
    this.mock.reset();
    this.mock.on(QueryCommand).callsFake((input) => this.query(input));
    this.mock.on(GetCommand).callsFake(({ Key }) => ({ Item: copy(this.find(Key)) }));
    this.mock.on(BatchGetCommand).callsFake((input: BatchGetCommandInput) => this.batchGet(input));
    this.mock.on(UpdateCommand).callsFake((input: UpdateCommandInput) => this.update(input));
  }

  find(key: Item): Item | undefined {
    return this.items.find((item) => this.keys.every((name) => item[name] === key[name]));
  }

  batchGet({ RequestItems = {} }: BatchGetCommandInput) {
    return {
      Responses: Object.fromEntries(
        Object.entries(RequestItems).map(([table, { Keys = [] }]) => [
          table,
          Keys.flatMap((key) => copy(this.find(key)) ?? []),
        ]),
      ),
    };
  }

  private query({
    KeyConditionExpression,
    ExpressionAttributeNames,
    ExpressionAttributeValues,
    Limit,
    ExclusiveStartKey,
  }: {
    KeyConditionExpression: string;
    ExpressionAttributeNames?: Record<string, string>;
    ExpressionAttributeValues: Item;
    Limit: number;
    ExclusiveStartKey?: { position: number };
  }) {
    const conditions = KeyConditionExpression.split(' AND ').map((part) => {
      const [left = '', operator, right = ''] = part.trim().split(' ');
      return { name: ExpressionAttributeNames?.[left] ?? left, operator, value: ExpressionAttributeValues[right] };
    });
    const start = (ExclusiveStartKey?.position ?? -1) + 1;
    const found = this.items.flatMap((item, position) => {
      const matches = conditions.every(({ name, operator, value }) =>
        operator === '=' ? item[name] === value : String(item[name]) <= String(value),
      );
      return matches && position >= start ? [position] : [];
    });
    const page = found.slice(0, Limit);
    return {
      Items: page.map((position) => copy(this.items[position])),
      // A position in the whole table, as a real key is: items of earlier pages may have left the index since.
      LastEvaluatedKey: found.length > page.length ? { position: page.at(-1) } : undefined,
    };
  }

  private update(input: UpdateCommandInput) {
    const names = (text: string): string => input.ExpressionAttributeNames?.[text] ?? text;
    const values = (text: string): unknown => input.ExpressionAttributeValues?.[text];
    const item = this.find(input.Key ?? {}) ?? { ...input.Key };
    if (!holds(input.ConditionExpression, item, names, values)) throw new ConditionalCheckFailedException();
    const clauses = [...(input.UpdateExpression ?? '').matchAll(/\b(SET|ADD|REMOVE) (.*?)(?= (?:SET|ADD|REMOVE) |$)/g)];
    for (const [, verb, list = ''] of clauses) {
      for (const part of list.split(', ')) {
        const [left = '', right = ''] = part.split(/ = | /);
        const name = names(left);
        if (verb === 'SET') item[name] = copy(values(right));
        else if (verb === 'REMOVE') delete item[name];
        else item[name] = new Set([...((item[name] as Set<string>) ?? []), ...(values(right) as Set<string>)]);
      }
    }
    if (!this.find(item)) this.items.push(item);
    return {};
  }
}

function holds(
  condition: string | undefined,
  item: Item,
  names: (text: string) => string,
  values: (text: string) => unknown,
): boolean {
  if (!condition) return true;
  const absent = /^attribute_not_exists\((.+)\)$/.exec(condition)?.[1];
  if (absent) return item[names(absent)] === undefined;
  const [left = '', , right = ''] = condition.split(' ');
  return item[names(left)] === values(right);
}

/** A deep copy of plain values and sets; `structuredClone` would make sets of another realm than jest's. */
function copy<T>(value: T): T {
  if (value instanceof Set) return new Set(value) as T;
  if (Array.isArray(value)) return value.map(copy) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copy(inner)])) as T;
}
