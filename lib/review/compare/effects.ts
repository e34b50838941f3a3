import type { ChangeKind, Resource, StackIdentity } from '../model';

const kept = new Set(['Retain', 'RetainExceptOnCreate']);

export const isRetained = ({ protection }: Resource): boolean => kept.has(protection.onDelete ?? '');

const stackOf = ({ name }: StackIdentity): string => `stack ${name}`;

/** What becomes of a CloudFormation resource that leaves a template, from its policy in the deployed one. */
function fate({ protection, logicalId, type }: Resource): string {
  if (kept.has(protection.onDelete ?? '')) {
    return `${logicalId} stays in the account, and no stack manages it any more`;
  }
  if (protection.onDelete === 'Snapshot') return `${logicalId} is deleted after a last snapshot`;
  return type === 'AWS::CloudFormation::Stack'
    ? `${logicalId} is deleted with every resource in it that is not retained`
    : `${logicalId} is deleted with all that it holds`;
}

export function removalEffect(resource: Resource): string {
  if (resource.stack.engine === 'terraform') {
    return resource.protection.preventDestroy
      ? `Terraform destroys ${resource.logicalId}: prevent_destroy leaves the configuration with it and stops nothing.`
      : `Terraform destroys ${resource.logicalId} with all that it holds.`;
  }
  return `${sentence(fate(resource))}`;
}

/** A new logical id for the same thing. */
export function renameEffect(from: Resource, to: Resource): string {
  if (to.stack.engine === 'terraform') {
    return `Terraform creates ${to.logicalId} and destroys ${from.logicalId}: there is no moved block.`;
  }
  return from.physicalName !== undefined && from.physicalName === to.physicalName
    ? `CloudFormation creates ${to.logicalId} first and fails: the name ${to.physicalName} is taken. Were it free, ` +
        `${fate(from)}.`
    : `CloudFormation creates ${to.logicalId} anew and empty; then ${fate(from)}.`;
}

/** The same thing in another stack. */
export function moveEffect(from: Resource, to: Resource): string {
  const places = `${stackOf(to.stack)} creates another one`;
  const name =
    from.physicalName !== undefined && from.physicalName === to.physicalName
      ? `, and fails as long as the name ${to.physicalName} is taken`
      : '';
  return to.stack.engine === 'terraform'
    ? `Each stack has a state of its own: ${places}${name}, and ${stackOf(from.stack)} destroys ${from.logicalId}.`
    : `A stack hands nothing over: ${places}${name}; in ${stackOf(from.stack)} ${fate(from)}.`;
}

/** What happens to a resource that both templates hold. */
export function changeEffect(kind: ChangeKind, base: Resource, head: Resource): string {
  if (kind === 'update') return `${head.logicalId} is changed in place.`;
  const terraform = head.stack.engine === 'terraform';
  if (base.type !== head.type) {
    return `${head.logicalId} changes its type from ${base.type} to ${head.type}: CloudFormation refuses that under the same logical id.`;
  }
  const how = terraform
    ? `Terraform destroys ${head.logicalId} with all that it holds and creates another one, empty`
    : replacement(base, head);
  return kind === 'may-replace'
    ? `${head.logicalId} may be replaced, depending on values that only the deployment knows: ${how}.`
    : `${how}.`;
}

/** The policy of the new template decides what becomes of what is replaced. */
function replacement(base: Resource, head: Resource): string {
  const old = head.protection.onReplace;
  if (head.statefulness.kind === 'stateless' && old !== 'Retain') {
    return `CloudFormation creates another ${head.logicalId} and deletes the old one`;
  }
  const after =
    old === 'Retain'
      ? 'the old one stays in the account, and no stack manages it any more'
      : old === 'Snapshot'
        ? 'the old one is deleted after a last snapshot'
        : 'the old one is deleted with all that it holds';
  return head.physicalName !== undefined && base.physicalName === head.physicalName
    ? `CloudFormation must create another ${head.logicalId}, and fails: the name ${head.physicalName} is taken. Were it free, ${after}`
    : `CloudFormation creates another ${head.logicalId}, empty, and ${after}`;
}

const sentence = (text: string): string => `${text}.`;
