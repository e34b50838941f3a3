import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Template {
  readonly Resources?: Readonly<Record<string, { Properties?: Record<string, unknown> }>>;
}

/** Changes every tenth resource of a synthesized tree. @returns how many */
export function changeTemplates(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name.startsWith('asset.') ? sum : sum + changeTemplates(path);
    if (!name.endsWith('.template.json')) return sum;
    const template = JSON.parse(readFileSync(path, 'utf8')) as Template;
    const chosen = Object.values(template.Resources ?? {}).filter((_, place) => place % 10 === 0);
    for (const resource of chosen) {
      resource.Properties = { ...resource.Properties, Tags: [{ Key: 'changed', Value: 'yes' }] };
    }
    writeFileSync(path, JSON.stringify(template));
    return sum + chosen.length;
  }, 0);
}
