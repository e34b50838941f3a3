import type { Tree } from '../../review/model';

export interface TerraformNode {
  /** `type.id` */
  readonly address: string;
  readonly type: string;
  readonly name: string;
}

/** One resource that needs another: by a value, or by order alone. */
export interface TerraformLink {
  readonly from: string;
  readonly to: string;
}

/** Resources of the Azure stacks, and which refers to which. */
export function terraformLinks(tree: Tree): {
  readonly nodes: readonly TerraformNode[];
  readonly links: readonly TerraformLink[];
} {
  const resources = [...tree.stacks.values()]
    .filter(({ identity }) => identity.engine === 'terraform')
    .flatMap((stack) => [...stack.resources.values()])
    .filter(({ logicalId }) => !logicalId.startsWith('data.'))
    .sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1));
  const known = new Set(resources.map(({ logicalId }) => logicalId));
  const links = resources.flatMap(({ logicalId, definition }) => {
    const text = JSON.stringify({ ...definition, '//': undefined });
    const targets = [...text.matchAll(/\b(azurerm_[a-z0-9_]+\.[A-Za-z0-9_-]+)/g)].map(([address]) => address);
    return [...new Set(targets)]
      .filter((target) => target !== logicalId && known.has(target))
      .sort()
      .map((to) => ({ from: logicalId, to }));
  });
  return {
    nodes: resources.map(({ logicalId, type, properties }) => ({
      address: logicalId,
      type,
      name: typeof properties.name === 'string' ? properties.name : logicalId,
    })),
    links,
  };
}
