import type { AssemblyStack } from './assembly';
import { evaluate, type Scope } from './expressions';
import { type Facts, factKey, type Live } from './facts';
import type { Json } from './json';
import { adoptableTypes } from './types';

/** What is known of the resources so far. */
export type Known = (stackName: string, logicalId: string) => Live | undefined;

export const knownFrom =
  (facts: Facts | undefined): Known =>
  (stackName, logicalId) =>
    facts?.resources[factKey(stackName, logicalId)]?.live ?? undefined;

/**
 * Without facts: what the templates say by themselves. `Ref` of a resource whose identifier is a text of the template is that
 * text; the ids that AWS generates stay unknown.
 */
export function knownFromTemplates(stacks: readonly AssemblyStack[]): Known {
  const known = new Map<string, Live>();
  for (const { stackName, template } of stacks) {
    for (const [logicalId, { Type, Properties: properties = {} }] of Object.entries(template.Resources)) {
      const type = adoptableTypes[Type];
      if (type?.kind !== 'import' || type.identifier.length !== 1) continue;
      const name = properties[type.identifier[0] ?? ''];
      if (typeof name !== 'string') continue;
      known.set(factKey(stackName, logicalId), { identifier: {}, ref: name, attributes: {}, properties: {} });
    }
  }
  return (stackName, logicalId) => known.get(factKey(stackName, logicalId));
}

/**
 * Scopes of every stack of an assembly. What one stack publishes as an SSM parameter, another one reads under its name: both
 * are known without the parameter, which exists only after the deployment.
 */
export function scopesOf(stacks: readonly AssemblyStack[], known: Known): (stack: AssemblyStack) => Scope {
  const published = new Map<string, { readonly stack: AssemblyStack; readonly value: Json }>();
  for (const stack of stacks) {
    for (const { Type: type, Properties: properties = {} } of Object.values(stack.template.Resources)) {
      if (type !== 'AWS::SSM::Parameter' || typeof properties.Name !== 'string') continue;
      published.set(properties.Name, { stack, value: properties.Value ?? '' });
    }
  }
  const scopeOf = (stack: AssemblyStack): Scope => ({
    account: stack.account,
    region: stack.region,
    stackName: stack.stackName,
    template: stack.template,
    resource: (logicalId) => known(stack.stackName, logicalId),
    published: (name) => {
      const entry = published.get(name);
      return entry === undefined ? undefined : evaluate(entry.value, scopeOf(entry.stack));
    },
  });
  return scopeOf;
}
