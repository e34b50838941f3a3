import table from './azurerm.json';

/** An argument of a resource of azurerm, as the provider's schema has it. */
export interface Argument {
  /** A change makes Terraform destroy the resource and create another. */
  readonly forceNew?: boolean;
  /** The provider fills it in where a configuration is silent: taking it out of the configuration changes nothing. */
  readonly computed?: boolean;
  /** Order means nothing. */
  readonly set?: boolean;
  readonly sensitive?: boolean;
  readonly default?: unknown;
  /** Arguments of the nested block. */
  readonly block?: Readonly<Record<string, Argument>>;
}

export interface AzurermType {
  /** File of the provider that says so. */
  readonly source: string;
  /** Arguments that the provider forces new in code, see azurerm-rules.ts. */
  readonly decidedInCode?: readonly string[];
  readonly arguments: Readonly<Record<string, Argument>>;
}

/** Version of the provider that the table was made from. */
export const azurermVersion = '4.55.0';

/** Which arguments force a new resource. Made by generate/main.go from the source of azurerm {@link azurermVersion}. */
export const azurermTypes: Readonly<Record<string, AzurermType>> = table as unknown as Readonly<
  Record<string, AzurermType>
>;

/** Where the provider's source says it. */
export const azurermSource = (type: string): string =>
  `https://github.com/hashicorp/terraform-provider-azurerm/blob/v${azurermVersion}/${azurermTypes[type]?.source ?? ''}`;
