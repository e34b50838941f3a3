import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { tasks } from '../../estate/compute';
import { modelledFunctions } from '../../estate/functions';
import { workerVpcFlowLog } from '../../estate/network';
import type { Section } from '../model';

export const logGroupsSection: Section = {
  id: 'logGroups',
  part: 'support',
  nameHeading: 'name',
  columns: [
    {
      heading: 'retention',
      cell: ({ actual }) =>
        actual === undefined ? '–' : actual.retentionDays === null ? 'never expires' : `${actual.retentionDays} days`,
    },
  ],

  expected: ({ posture }) =>
    [
      ...tasks.map((row) => row.logGroup),
      ...(posture === 'hardened' ? [workerVpcFlowLog] : []),
      // Edge functions write theirs in the region that ran them.
      ...modelledFunctions
        .filter((row) => row.kind === 'regional')
        .map((row) => ({ name: `/aws/lambda/${row.name}`, retentionDays: undefined })),
    ].map(({ name, retentionDays }) => ({
      kind: 'modelled',
      name,
      label: '',
      properties: { retentionDays: retentionDays ?? null },
    })),

  async read({ logs }, name) {
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
    const group = logGroups.find((candidate) => candidate.logGroupName === name);
    return group && { retentionDays: group.retentionInDays ?? null };
  },
};
