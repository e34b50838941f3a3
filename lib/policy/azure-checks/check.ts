/** A block of the synthesized Terraform JSON. */
export type Block = Readonly<Record<string, unknown>>;

/** Synthesized Terraform JSON, as far as the checks read it. */
export interface TerraformJson {
  readonly provider?: Readonly<Record<string, readonly Block[]>>;
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
}

export interface ResourceCheck {
  /** Terraform type that the check looks at. */
  readonly type: string;
  /** Where the rule is written down. */
  readonly source: string;
  /** Says what is wrong and what to do, without the address; undefined when all is well. */
  readonly check: (
    resource: Block,
    siblings: Readonly<Record<string, Block>>,
    all: TerraformJson,
  ) => string | undefined;
}

export const providerDocs = (page: string): string =>
  `https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/${page}`;

export const blocks = (value: unknown): readonly Block[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is Block => typeof item === 'object' && item !== null);

export const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** A value that only Terraform or Azure knows is not judged. */
export const isReference = (value: unknown): boolean => typeof value === 'string' && value.includes('$' + '{');
