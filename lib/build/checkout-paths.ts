import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/**
 * Takes the folder of the checkout out of an assembly, so that source lines in it read `stacks-aws/data.ts:25` on every
 * machine and two synths of one commit are equal wherever they ran. Templates and assets never hold it.
 */
export function withoutCheckoutPaths(assembly: string, projectRoot: string): void {
  const root = `${projectRoot}${sep}`;
  for (const name of readdirSync(assembly)) {
    const path = join(assembly, name);
    if (name.startsWith('assembly-') && statSync(path).isDirectory()) withoutCheckoutPaths(path, projectRoot);
    else if (name.endsWith('.json')) {
      const text = readFileSync(path, 'utf8');
      if (text.includes(root)) writeFileSync(path, text.replaceAll(root, ''));
    }
  }
}
