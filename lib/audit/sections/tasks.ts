import { DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { repositories, tasks } from '../../estate/compute';
import { hybridParameterValues } from '../../estate/hybrid';
import { lastSegment, orAbsent } from '../clients';
import { labelColumn, readColumn, type Section } from '../model';

export const tasksSection: Section = {
  id: 'tasks',
  part: 'support',
  nameHeading: 'name',
  columns: [labelColumn('usage'), readColumn('status', 'status')],

  expected: (settings) =>
    tasks.map((row) => {
      const hybrid = hybridParameterValues(settings);
      const names = (secret: boolean) =>
        Object.entries(row.variables)
          .filter(([, source]) => (source.from === 'secret') === secret)
          .filter(([, source]) => source.from !== 'hybrid' || hybrid[source.name] !== undefined)
          .map(([name]) => name)
          .sort();
      return {
        kind: 'modelled',
        name: row.name,
        label: `${row.cpu} CPU / ${row.memory} MiB on ${row.cluster}`,
        properties: {
          status: 'ACTIVE',
          cpu: row.cpu,
          memory: row.memory,
          networkMode: 'awsvpc',
          launchTypes: ['FARGATE'],
          containers: [row.container],
          image: `${row.repository}:${repositories.find(({ name }) => name === row.repository)?.tag}`,
          variables: names(false),
          secrets: names(true),
          logGroup: row.logGroup.name,
          logPrefix: row.logGroup.prefix,
          openFiles: row.openFiles ?? null,
          executionRole: row.executionRole,
          taskRole: row.taskRole,
        },
      };
    }),

  async read({ ecs }, name) {
    const answer = await orAbsent(
      ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: name })),
      'ClientException',
    );
    const task = answer?.taskDefinition;
    if (task === undefined || task.status === 'INACTIVE') return undefined;
    const containers = task.containerDefinitions ?? [];
    const [container] = containers;
    const logs = container?.logConfiguration?.options;
    return {
      status: task.status ?? null,
      cpu: Number(task.cpu),
      memory: Number(task.memory),
      networkMode: task.networkMode ?? null,
      launchTypes: [...(task.requiresCompatibilities ?? [])],
      containers: containers.map((item) => item.name ?? ''),
      image: container?.image?.replace(/^[^/]+\.amazonaws\.com\//, '') ?? null,
      // Names only: a value may be a secret that somebody put in the wrong place.
      variables: (container?.environment ?? []).map((item) => item.name ?? '').sort(),
      secrets: (container?.secrets ?? []).map((item) => item.name ?? '').sort(),
      logGroup: logs?.['awslogs-group'] ?? null,
      logPrefix: logs?.['awslogs-stream-prefix'] ?? null,
      openFiles: container?.ulimits?.find((limit) => limit.name === 'nofile')?.hardLimit ?? null,
      executionRole: task.executionRoleArn ? lastSegment(task.executionRoleArn) : null,
      taskRole: task.taskRoleArn ? lastSegment(task.taskRoleArn) : null,
    };
  },
};
