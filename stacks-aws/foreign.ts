import { CfnOutput, DefaultStackSynthesizer, Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ForeignBucket } from '../lib/constructs/bucket';
import type { OwnerId } from '../lib/estate/evidence';
import type { AccountSettings } from '../lib/estate/settings';
import { foreignBuckets, foreignOwners } from '../lib/estate/storage';
import { stackNamePrefix } from './estate-stack';

/** Name of the stack that holds what one foreign owner would hand over. */
const foreignStackName = (owner: OwnerId): string => `${stackNamePrefix}foreign-${owner.toLowerCase()}`;

/**
 * Audit section 3: the five buckets that other stacks own, one stack for each owner.
 *
 * A Stage of its own: `cdk deploy --all` takes top-level stacks only, so that nobody takes these over by accident.
 */
export class ForeignStage extends Stage {
  constructor(scope: Construct, id: string, { settings }: { readonly settings: AccountSettings }) {
    super(scope, id, { env: { account: settings.account, region: settings.region } });
    for (const owner of foreignOwners) {
      const rows = foreignBuckets.filter((row) => row.owner === owner);
      const stack = new Stack(this, owner, {
        stackName: foreignStackName(owner),
        description: `Huntaze estate: buckets that ${owner} owns`,
        synthesizer: new DefaultStackSynthesizer({ qualifier: settings.bootstrapQualifier }),
      });
      for (const row of rows) new ForeignBucket(stack, row.name, { row, settings });
      new CfnOutput(stack, 'ReleaseFirst', { value: [...new Set(rows.map((row) => row.release))].join(' ') });
    }
  }
}
