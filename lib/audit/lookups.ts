import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { ListEventBusesCommand, ListRuleNamesByTargetCommand } from '@aws-sdk/client-eventbridge';
import type { AccountSettings } from '../estate/settings';
import type { AuditClients } from './clients';

/** Ids of the default VPC's subnets in the given zones, sorted; a zone without one is named, so that it matches nothing. */
export const subnetsIn = (zones: readonly string[], { network }: Pick<AccountSettings, 'network'>): string[] =>
  zones.map((zone) => network.defaultSubnets[zone] ?? `no subnet in ${zone}`).sort();

/** Names of security groups, sorted: AWS generates the ids. */
export async function securityGroupNames({ ec2 }: AuditClients, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [...ids] }));
  return SecurityGroups.map((group) => group.GroupName ?? '').sort();
}

/** Family of a task definition's ARN, `…:task-definition/family:revision`. */
export const taskFamily = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1).replace(/:\d+$/, '');

/** Names of every event bus, those of partners included. */
export const eventBusNames = async ({ events }: AuditClients): Promise<string[]> => {
  const buses = await pages(async (NextToken) => {
    const page = await events.send(new ListEventBusesCommand({ NextToken }));
    return { items: page.EventBuses ?? [], next: page.NextToken };
  });
  return buses.map((bus) => bus.Name ?? '');
};

/** Names of the rules of any bus that call a target, sorted. */
export async function rulesOfTarget(clients: AuditClients, targetArn: string): Promise<string[]> {
  const names: string[] = [];
  for (const EventBusName of await eventBusNames(clients)) {
    names.push(
      ...(await pages(async (NextToken) => {
        const page = await clients.events.send(
          new ListRuleNamesByTargetCommand({ TargetArn: targetArn, EventBusName, NextToken }),
        );
        return { items: page.RuleNames ?? [], next: page.NextToken };
      })),
    );
  }
  return names.sort();
}

/** EventBridge has no paginators in the SDK. */
async function pages<Item>(
  fetchPage: (token: string | undefined) => Promise<{ items: readonly Item[]; next: string | undefined }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await fetchPage(token);
    all.push(...items);
    token = next;
  } while (token);
  return all;
}
