import { DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import { repositories } from '../../estate/compute';
import { orAbsent } from '../clients';
import { readColumn, type Section } from '../model';

export const repositoriesSection: Section = {
  id: 'repositories',
  part: 'support',
  nameHeading: 'name',
  columns: [readColumn('endpoint', 'uri')],

  expected: ({ account, region, posture }) =>
    repositories.map((row) => ({
      kind: 'modelled',
      name: row.name,
      label: '',
      properties: {
        uri: `${account}.dkr.ecr.${region}.amazonaws.com/${row.name}`,
        scanOnPush: posture === 'hardened',
      },
    })),

  async read({ ecr }, name) {
    const answer = await orAbsent(
      ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [name] })),
      'RepositoryNotFoundException',
    );
    const repository = answer?.repositories?.[0];
    return (
      repository && {
        uri: repository.repositoryUri ?? null,
        scanOnPush: repository.imageScanningConfiguration?.scanOnPush ?? false,
      }
    );
  },
};
