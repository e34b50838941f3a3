import { RemovalPolicy } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { CfnVersion, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type BundledFunctionProps, bundledFunction } from './node-function';

export interface EdgeFunctionProps extends BundledFunctionProps {
  readonly role: IRole;
}

/**
 * A Lambda@Edge function and the version that CloudFront replicates.
 *
 * Versions are retained: CloudFront removes its replicas hours after a distribution lets go, and a delete before that
 * fails the whole deploy.
 */
export class EdgeFunction extends Construct {
  readonly versionArn: string;

  constructor(scope: Construct, id: string, props: EdgeFunctionProps) {
    super(scope, id);
    const resource: LambdaFunction = bundledFunction(this, props);
    const version = resource.currentVersion;
    version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    for (const child of version.node.findAll()) {
      if (CfnVersion.isCfnResource(child)) child.applyRemovalPolicy(RemovalPolicy.RETAIN);
    }
    this.versionArn = version.functionArn;
  }
}
