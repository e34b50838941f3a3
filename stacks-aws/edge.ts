import { CfnOutput, Tags } from 'aws-cdk-lib';
import { CfnDistribution, CfnOriginAccessControl } from 'aws-cdk-lib/aws-cloudfront';
import { CompositePrincipal, PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { EdgeFunction } from '../lib/constructs/edge-function';
import { namedRole } from '../lib/constructs/named-role';
import { retainState } from '../lib/constructs/stateful';
import { distribution, distributionSettings } from '../lib/estate/edge';
import { type ModelledFunction, modelledFunctions } from '../lib/estate/functions';
import { type AccountSettings, auditedAccount, globalName } from '../lib/estate/settings';
import { EstateStack } from './estate-stack';
import { codeFolderOf, type FunctionCode } from './functions';

/** Audit section 6: the distribution, its origin access control and its edge functions, in one stack. */
export class EdgeStack extends EstateStack {
  private readonly role: Role;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly settings: AccountSettings; readonly code: FunctionCode },
  ) {
    super(scope, id, 'edge', { ...props, description: 'Huntaze estate: distribution and edge functions' });
    const edgeFunctions = modelledFunctions.filter(({ kind }) => kind === 'edge');
    this.role = this.edgeRole(edgeFunctions);
    const versions = new Map(edgeFunctions.map((row) => [row.name, this.addEdgeFunction(row, props.code)]));
    const resource = this.addDistribution(versions);
    this.publish('distribution-id', resource.attrId);
    new CfnOutput(this, 'DistributionId', {
      value: resource.attrId,
      description: `Audited id: ${distribution.name}. A template cannot set it; an import names it.`,
    });
    new CfnOutput(this, 'DistributionDomain', { value: resource.attrDomainName });
  }

  /** Both functions run as the one role that they have today. */
  private edgeRole(rows: readonly ModelledFunction[]): Role {
    const [name, ...others] = new Set(rows.map((row) => row.role));
    if (name === undefined || others.length > 0) {
      throw new Error(
        `Edge functions share one role, got: ${[name, ...others].join(', ')}. Give their rows the same role.`,
      );
    }
    const role = namedRole(
      this,
      'EdgeRole',
      name,
      new CompositePrincipal(
        new ServicePrincipal('lambda.amazonaws.com'),
        new ServicePrincipal('edgelambda.amazonaws.com'),
      ),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        // The log group lies in the region that ran the function, under a name that begins with us-east-1.
        resources: rows.flatMap((row) => {
          const group = `arn:aws:logs:*:${this.account}:log-group:/aws/lambda/us-east-1.${row.name}`;
          return [group, `${group}:*`];
        }),
      }),
    );
    return role;
  }

  private addEdgeFunction(row: ModelledFunction, code: FunctionCode): EdgeFunction {
    return new EdgeFunction(this, row.name, {
      row,
      settings: this.settings,
      codeFolder: codeFolderOf(code, row.name),
      role: this.role,
    });
  }

  private addDistribution(versions: ReadonlyMap<string, EdgeFunction>): CfnDistribution {
    const { edge, region } = this.settings;
    const originId = distribution.originBucket;
    const accessControl = new CfnOriginAccessControl(this, 'OriginAccessControl', {
      originAccessControlConfig: {
        name: distribution.originAccessControl,
        originAccessControlOriginType: 's3',
        signingBehavior: 'always',
        signingProtocol: 'sigv4',
      },
    });
    const settings = distributionSettings;
    const resource = new CfnDistribution(this, 'Distribution', {
      distributionConfig: {
        enabled: true,
        comment: distribution.comment,
        httpVersion: settings.httpVersion,
        ipv6Enabled: settings.ipv6,
        priceClass: settings.priceClass,
        origins: [
          {
            id: originId,
            domainName: `${globalName(this.settings, distribution.originBucket)}.s3.${region}.amazonaws.com`,
            originAccessControlId: accessControl.attrId,
            s3OriginConfig: { originAccessIdentity: '' },
            connectionAttempts: settings.originConnectionAttempts,
            connectionTimeout: settings.originConnectionTimeoutSeconds,
          },
        ],
        defaultCacheBehavior: {
          targetOriginId: originId,
          viewerProtocolPolicy: 'redirect-to-https',
          allowedMethods: [...settings.allowedMethods],
          cachedMethods: [...settings.allowedMethods],
          compress: true,
          cachePolicyId: distribution.cachePolicyId,
          lambdaFunctionAssociations: Object.entries(distribution.edgeFunctions).map(([eventType, name]) => ({
            eventType,
            includeBody: false,
            lambdaFunctionArn: versions.get(name)?.versionArn,
          })),
        },
        ...(edge.alias && { aliases: [edge.alias.domain] }),
        viewerCertificate: edge.alias
          ? {
              acmCertificateArn: edge.alias.certificateArn,
              minimumProtocolVersion: settings.minimumProtocolVersion,
              sslSupportMethod: 'sni-only',
            }
          : { cloudFrontDefaultCertificate: true },
      },
    });
    retainState(resource, 'Distribution', 'assets');
    if (this.settings.account === auditedAccount) {
      Tags.of(resource).add('huntaze:audited-id', distribution.name);
    }
    return resource;
  }
}
