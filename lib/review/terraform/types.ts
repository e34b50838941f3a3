import type { Statefulness } from '../model';
import { azurermTypes } from './azurerm';
import { statefulAzureTypes } from './stateful-types';

type Block = Readonly<Record<string, unknown>>;

/** Whether losing a resource of this type loses what another apply does not bring back. */
export function statefulnessOf(type: string): Statefulness {
  const reason = statefulAzureTypes[type];
  if (reason !== undefined) return { kind: 'stateful', reason };
  if (azurermTypes[type] !== undefined) return { kind: 'stateless' };
  return {
    kind: 'unknown',
    reason: type === 'module' ? 'a module: what it makes is not in the tree' : 'a type that the table of azurerm lacks',
  };
}

/** Name in the subscription; a reference is none. */
export function physicalNameOf(block: Block): string | undefined {
  return typeof block.name === 'string' && block.name !== '' && !block.name.includes('${') ? block.name : undefined;
}
