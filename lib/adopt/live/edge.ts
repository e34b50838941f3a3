import {
  GetDistributionCommand,
  ListTagsForResourceCommand,
  paginateListOriginAccessControls,
} from '@aws-sdk/client-cloudfront';
import { collect, orAbsent } from '../../audit/clients';
import { distribution as auditedDistribution } from '../../estate/edge';
import { compact, isObject, type Json, type JsonObject } from '../json';
import type { LookUpClients } from './clients';
import { type Reader, respell } from './reader';

/** The one audited distribution: a template cannot set its id, so the inventory has it. */
export const distribution: Reader = async ({ cloudFront }) => {
  const id = auditedDistribution.name;
  const answer = await orAbsent(cloudFront.send(new GetDistributionCommand({ Id: id })), 'NoSuchDistribution');
  const found = answer?.Distribution;
  if (found?.DistributionConfig === undefined) return undefined;
  return {
    identifier: { Id: id },
    ref: id,
    attributes: { Id: id, DomainName: found.DomainName ?? '' },
    properties: {
      DistributionConfig: templateShape(compact(found.DistributionConfig)),
      ...compact({ Tags: await tagsOf(cloudFront, found.ARN) }),
    },
  };
};

async function tagsOf(cloudFront: LookUpClients['cloudFront'], Resource: string | undefined) {
  const { Tags } = await cloudFront.send(new ListTagsForResourceCommand({ Resource }));
  const own = Tags?.Items?.filter(({ Key }) => !Key?.startsWith('aws:')) ?? [];
  return own.length === 0 ? undefined : own;
}

export const originAccessControl: Reader = async ({ cloudFront }, wanted) => {
  const config = wanted.properties.OriginAccessControlConfig;
  const name = isObject(config) ? config.Name : undefined;
  const all = await collect(
    paginateListOriginAccessControls({ client: cloudFront }, {}),
    (page) => page.OriginAccessControlList?.Items,
  );
  const found = all.find((candidate) => candidate.Name === name);
  if (found?.Id === undefined) return undefined;
  return {
    identifier: { Id: found.Id },
    ref: found.Id,
    attributes: { Id: found.Id },
    properties: compact({
      OriginAccessControlConfig: {
        Name: found.Name,
        Description: found.Description || undefined,
        OriginAccessControlOriginType: found.OriginAccessControlOriginType,
        SigningBehavior: found.SigningBehavior,
        SigningProtocol: found.SigningProtocol,
      },
    }),
  };
};

/**
 * The configuration as a template spells it: lists without their count, cached methods beside the allowed ones, and the few
 * members that carry another name.
 */
function templateShape(config: JsonObject): Json {
  const { CallerReference: _made, ...rest } = config;
  return respell(withoutCounts(rest), {
    IsIPV6Enabled: 'IPV6Enabled',
    ACMCertificateArn: 'AcmCertificateArn',
    IAMCertificateId: 'IamCertificateId',
    CustomHeaders: 'OriginCustomHeaders',
  });
}

function withoutCounts(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutCounts);
  if (!isObject(value)) return value;
  const { Quantity, Items = [], ...others } = value;
  if (Quantity !== undefined && Object.keys(others).every((key) => key === 'CachedMethods'))
    return withoutCounts(Items);
  const members: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value)) {
    members[key] = withoutCounts(member);
    if (key === 'AllowedMethods' && isObject(member) && isObject(member.CachedMethods)) {
      members.CachedMethods = withoutCounts(member.CachedMethods);
    }
  }
  return members;
}
