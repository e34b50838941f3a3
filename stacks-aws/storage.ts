import type { Construct } from 'constructs';
import { Bucket } from '../lib/constructs/bucket';
import type { AccountSettings } from '../lib/estate/settings';
import { buckets } from '../lib/estate/storage';
import { EstateStack } from './estate-stack';

/** Audit section 3: the nine buckets of ours. */
export class StorageStack extends EstateStack {
  constructor(scope: Construct, id: string, props: { readonly settings: AccountSettings }) {
    super(scope, id, 'storage', { ...props, description: 'Huntaze estate: buckets' });
    const distributionArn = `arn:aws:cloudfront::${this.account}:distribution/${this.published('edge', 'distribution-id')}`;
    for (const row of buckets) {
      new Bucket(this, row.name, { row, settings: this.settings, distributionArn });
    }
  }
}
