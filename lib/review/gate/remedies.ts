import type { GateRule } from '../model';

/** What to do instead of each change that closes the gate. */
export const remedies: Readonly<Record<GateRule, string>> = {
  replacement:
    'Leave the property as it is. If the change is meant, make the new resource beside the old one, copy the data, and retire the old one by a waiver.',
  'may-replacement':
    'Leave the property as it is, or show with a change set that nothing is replaced and waive this one change.',
  removal: 'Put the resource back. If it is meant to go, back it up, then waive the removal.',
  renamed: 'Keep the name: pin the logical id (overrideLogicalId), or add a moved block in Terraform.',
  moved:
    'Leave it in its stack. A resource moves by being retained, removed and imported, each in a deploy of its own.',
  'retention-lost': 'Set DeletionPolicy to RetainExceptOnCreate and UpdateReplacePolicy to Retain again.',
  'protection-lost': 'Switch the protection on again, or back to the longer time.',
  'encryption-weakened': 'Keep encryption and key as they are. A new key means re-encrypting, which is a migration.',
  'snapshot-source':
    'Keep the source that the resource was made from: it must be named for as long as the resource lives.',
  'data-destroyed': 'Keep the present value, or copy what would be lost and waive this one change.',
  'unknown-type':
    'Say in the table of types what this one holds, or waive the change after reading its handler or documentation.',
  'unknown-property':
    'Add the argument to the table from the source of the provider, or waive the change after reading it.',
  'prevent-destroy-lost': 'Set lifecycle.prevent_destroy again.',
  'state-moved':
    'Keep backend and subscription, or move the state first (terraform init -migrate-state) and waive this change.',
  'purge-on-destroy': 'Switch purging off again in the features block of the provider.',
  'condition-changed':
    'Keep the condition. If it must change, show its value in every environment and waive this change.',
};
