import type { Resource, ResourceRef } from '../model';

/** A resource as a report names it: nothing of its template. */
export const refOf = ({
  address,
  stack,
  logicalId,
  type,
  physicalName,
  constructPath,
  source,
}: ResourceRef | Resource): ResourceRef => ({
  address,
  stack,
  logicalId,
  type,
  ...(physicalName === undefined ? {} : { physicalName }),
  ...(constructPath === undefined ? {} : { constructPath }),
  ...(source === undefined ? {} : { source }),
});

/** The name that a reader knows it by. */
export const nameOf = ({ physicalName, logicalId }: Pick<ResourceRef, 'physicalName' | 'logicalId'>): string =>
  physicalName ?? logicalId;

/** `S3::Bucket` as `bucket`, `EC2::VPCEndpoint` as `VPC endpoint`, `azurerm_key_vault` as `key vault`. */
export function kindWords(type: string): string {
  const last = type.split('::').at(-1) ?? type;
  return last
    .replace(/^azurerm_/, '')
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(' ')
    .map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(' ');
}

/** A property as a reader knows it: CloudFormation puts all of them below `Properties`. */
export const shownPath = (path: string): string => path.replace(/^Properties\./, '');

/** What is said of a resource, after its name: the logical id with which it may begin is not said twice. */
export const afterName = (message: string, { logicalId }: Pick<ResourceRef, 'logicalId'>): string =>
  message.startsWith(`${logicalId} `) ? message.slice(logicalId.length) : `: ${message}`;
