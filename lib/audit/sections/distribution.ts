import {
  type DistributionConfig,
  GetDistributionCommand,
  GetOriginAccessControlCommand,
  type LambdaFunctionAssociation,
  paginateListDistributions,
} from '@aws-sdk/client-cloudfront';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { distribution, distributionSettings } from '../../estate/edge';
import { type AccountSettings, globalName } from '../../estate/settings';
import { type AuditClients, collect, orAbsent } from '../clients';
import { type JsonValue, type Properties, readColumn, type Section } from '../model';

export const distributionSection: Section = {
  id: 'distribution',
  part: 'audit',
  nameHeading: 'distributionId',
  columns: [readColumn('domain', 'domain'), readColumn('status', 'status')],

  expected: (settings) => [
    { kind: 'modelled', name: distribution.name, label: '', properties: expectedProperties(settings) },
  ],

  async read(clients, id) {
    const answer = await orAbsent(
      clients.cloudFront.send(new GetDistributionCommand({ Id: id })),
      'NoSuchDistribution',
    );
    const found = answer?.Distribution;
    const config = found?.DistributionConfig;
    if (found === undefined || config === undefined) return undefined;
    return {
      status: found.Status ?? null,
      domain: found.DomainName ?? null,
      ...(await configFacts(clients, config)),
    };
  },

  async list({ cloudFront }) {
    const items = await collect(
      paginateListDistributions({ client: cloudFront }, {}),
      (page) => page.DistributionList?.Items,
    );
    return items.map((item) => item.Id ?? '');
  },
};

const expectedProperties = (settings: AccountSettings): Properties => ({
  status: 'Deployed',
  domain: distribution.domain,
  enabled: true,
  comment: distribution.comment,
  origins: [
    {
      domain: `${globalName(settings, distribution.originBucket)}.s3.${settings.region}.amazonaws.com`,
      accessControl: { name: distribution.originAccessControl, signing: 'always', protocol: 'sigv4', type: 's3' },
      connectionAttempts: distributionSettings.originConnectionAttempts,
      connectionTimeoutSeconds: distributionSettings.originConnectionTimeoutSeconds,
    },
  ],
  cachePolicyId: distribution.cachePolicyId,
  allowedMethods: [...distributionSettings.allowedMethods].sort(),
  viewerProtocol: 'redirect-to-https',
  edgeFunctions: Object.fromEntries(
    Object.entries(distribution.edgeFunctions).map(([event, name]) => [event, `${name}, published version`]),
  ),
  httpVersion: distributionSettings.httpVersion,
  ipv6: distributionSettings.ipv6,
  priceClass: distributionSettings.priceClass,
  aliases: settings.edge.alias === undefined ? [] : [settings.edge.alias.domain],
  certificate: settings.edge.alias?.certificateArn ?? 'CloudFront default',
  // With its own certificate CloudFront fixes the protocol by itself, whatever a template says.
  ...(settings.edge.alias === undefined ? {} : { minimumProtocol: distributionSettings.minimumProtocolVersion }),
});

async function configFacts(clients: AuditClients, config: DistributionConfig): Promise<Properties> {
  const behaviour = config.DefaultCacheBehavior;
  const certificate = config.ViewerCertificate;
  return {
    enabled: config.Enabled ?? null,
    comment: config.Comment ?? null,
    origins: await originFacts(clients, config),
    cachePolicyId: behaviour?.CachePolicyId ?? null,
    allowedMethods: [...(behaviour?.AllowedMethods?.Items ?? [])].sort(),
    viewerProtocol: behaviour?.ViewerProtocolPolicy ?? null,
    edgeFunctions: await edgeFunctionFacts(clients, behaviour?.LambdaFunctionAssociations?.Items ?? []),
    httpVersion: config.HttpVersion?.toLowerCase() ?? null,
    ipv6: config.IsIPV6Enabled ?? null,
    priceClass: config.PriceClass ?? null,
    aliases: [...(config.Aliases?.Items ?? [])].sort(),
    certificate: certificate?.ACMCertificateArn ?? 'CloudFront default',
    minimumProtocol: certificate?.MinimumProtocolVersion ?? null,
  };
}

const originFacts = (clients: AuditClients, config: DistributionConfig): Promise<JsonValue[]> =>
  Promise.all(
    (config.Origins?.Items ?? []).map(async (origin) => ({
      domain: origin.DomainName ?? null,
      accessControl: await accessControlFacts(clients, origin.OriginAccessControlId),
      connectionAttempts: origin.ConnectionAttempts ?? null,
      connectionTimeoutSeconds: origin.ConnectionTimeout ?? null,
    })),
  );

async function accessControlFacts({ cloudFront }: AuditClients, id: string | undefined): Promise<Properties | null> {
  if (!id) return null;
  const answer = await orAbsent(
    cloudFront.send(new GetOriginAccessControlCommand({ Id: id })),
    'NoSuchOriginAccessControl',
  );
  const config = answer?.OriginAccessControl?.OriginAccessControlConfig;
  if (config === undefined) return null;
  return {
    name: config.Name ?? null,
    signing: config.SigningBehavior ?? null,
    protocol: config.SigningProtocol ?? null,
    type: config.OriginAccessControlOriginType ?? null,
  };
}

async function edgeFunctionFacts(
  clients: AuditClients,
  associations: readonly LambdaFunctionAssociation[],
): Promise<Properties> {
  const facts = await Promise.all(
    associations.map(async ({ EventType: event, LambdaFunctionARN: arn }) => [
      event ?? '',
      await versionFact(clients, arn ?? ''),
    ]),
  );
  return Object.fromEntries(facts);
}

/** CloudFront runs a numbered version: the ARN must have one, and Lambda must know it. */
async function versionFact({ lambda }: AuditClients, arn: string): Promise<string> {
  const { name, version } = arn.match(/:function:(?<name>[^:]+)(:(?<version>\d+))?$/)?.groups ?? {};
  if (name === undefined) return arn;
  const known =
    version !== undefined &&
    (await orAbsent(
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name, Qualifier: version })),
      'ResourceNotFoundException',
    )) !== undefined;
  return `${name}, ${known ? 'published version' : 'no published version'}`;
}
