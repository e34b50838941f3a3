import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { secrets } from '../../estate/support';
import { orAbsent } from '../clients';
import { labelColumn, type Section } from '../model';

export const secretsSection: Section = {
  id: 'secrets',
  part: 'support',
  nameHeading: 'name',
  columns: [labelColumn('purpose')],

  expected: () =>
    secrets.map((row) => ({
      kind: 'modelled',
      name: row.name,
      label: row.purpose,
      properties: { hasValue: true, scheduledForDeletion: false },
    })),

  /** That there is a current version, never what is in it. */
  async read({ secrets: client }, name) {
    const secret = await orAbsent(
      client.send(new DescribeSecretCommand({ SecretId: name })),
      'ResourceNotFoundException',
    );
    if (secret === undefined) return undefined;
    return {
      hasValue: Object.values(secret.VersionIdsToStages ?? {}).some((stages) => stages.includes('AWSCURRENT')),
      scheduledForDeletion: secret.DeletedDate !== undefined,
    };
  },
};
