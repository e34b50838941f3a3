import { at, resourcesOf } from '../cloudformation';
import { type TemplateRule, violation } from '../rule';

/**
 * Where a type keeps its deletion protection, and the value that switches it on (CloudFormation template reference).
 *
 * An instance of an Aurora, DocumentDB or Neptune cluster has none of its own: the cluster's holds.
 */
const protection: Readonly<Record<string, { readonly path: readonly string[]; readonly on: unknown }>> = {
  'AWS::RDS::DBInstance': { path: ['DeletionProtection'], on: true },
  'AWS::RDS::DBCluster': { path: ['DeletionProtection'], on: true },
  'AWS::DynamoDB::Table': { path: ['DeletionProtectionEnabled'], on: true },
  'AWS::DocDB::DBCluster': { path: ['DeletionProtection'], on: true },
  'AWS::Neptune::DBCluster': { path: ['DeletionProtection'], on: true },
  'AWS::Cognito::UserPool': { path: ['DeletionProtection'], on: 'ACTIVE' },
};

/** Retention guards against CloudFormation, deletion protection against everybody else. */
export const deletionProtection: TemplateRule = {
  id: 'deletion-protection',
  description: 'A database that has deletion protection uses it.',
  fix: 'Switch deletion protection on; it changes in place.',
  posture: 'hardened',
  check: (templates) =>
    resourcesOf(templates, ...Object.keys(protection)).flatMap((located) => {
      const { Type, Properties } = located.resource;
      const rule = protection[Type];
      if (
        rule === undefined ||
        (at(Properties, 'DBClusterIdentifier') !== undefined && Type === 'AWS::RDS::DBInstance')
      ) {
        return [];
      }
      const value = at(Properties, ...rule.path);
      return value === rule.on ? [] : [violation(located, `Properties.${rule.path.join('.')}`, value)];
    }),
};
