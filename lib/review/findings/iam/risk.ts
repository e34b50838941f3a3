import type { FindingLevel } from '../../model';
import { type Grant, globCovers, type Match } from './grant';

/** Actions with which a principal can give itself any other. */
const escalations = [
  'iam:attachrolepolicy',
  'iam:attachuserpolicy',
  'iam:createaccesskey',
  'iam:createpolicyversion',
  'iam:passrole',
  'iam:putrolepolicy',
  'iam:putuserpolicy',
  'iam:setdefaultpolicyversion',
  'iam:updateassumerolepolicy',
  'sts:assumerole',
];

const widePolicies = /(AdministratorAccess|PowerUserAccess|IAMFullAccess|FullAccess|SystemAdministrator)$/i;

/** Condition keys that hold a principal to one account, organization, network or resource. */
const narrowing =
  /:(aws:(principal(account|orgid|orgpaths|arn)|source(account|arn|orgid|owner|vpc|vpce|ip)|userid|vpcsourceip)|sts:externalid|kms:(calleraccount|viaservice)|[\w.-]+:(sub|aud)|lambda:functionurlauthtype|s3:dataaccesspointaccount)$/;

const isNarrowed = ({ conditions }: Grant): boolean =>
  [...conditions].some(([key, values]) => narrowing.test(key) && !values.includes('*') && !key.includes('not'));

const isAnyone = ({ principal }: Grant): boolean => principal.kind === 'all-but' || principal.pattern === '*';

const isWide = (match: Match): boolean => match.kind === 'all-but' || match.pattern === '*';

/** A service of the cloud, which acts for somebody. */
export const isService = ({ principal }: Grant): boolean =>
  principal.kind === 'only' && principal.pattern.startsWith('Service:');

/** Every action, every action of a service, or one that leads to any other. */
const isPowerful = (action: Match): boolean =>
  action.kind === 'all-but' ||
  /^(\*|[\w-]+:\*)$/.test(action.pattern) ||
  escalations.some((escalation) => globCovers(action.kind === 'only' ? action.pattern : '*', escalation)) ||
  widePolicies.test(action.pattern);

const otherAccount = ({ principal, account }: Grant): boolean => {
  if (principal.kind !== 'only') return false;
  const [, id] = /^(?:account:|arn:aws[\w-]*:(?:iam|sts)::)(\d{12})/.exec(principal.pattern) ?? [];
  return id !== undefined && id !== account;
};

/** How much a reader must look at a new permission. */
export function levelOf(grant: Grant): FindingLevel {
  const open = !isNarrowed(grant);
  if (grant.via !== 'identity' && isAnyone(grant)) return open ? 'error' : 'warning';
  if (grant.via !== 'identity' && otherAccount(grant)) return open ? 'error' : 'warning';
  if (grant.action.kind === 'only' && widePolicies.test(grant.action.pattern)) return 'error';
  if (isPowerful(grant.action) && isWide(grant.resource)) return 'error';
  return isService(grant) && grant.via === 'resource' && !open ? 'note' : 'warning';
}
