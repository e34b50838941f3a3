/** A package of the archived engine, and what takes its place. */
export interface Successor {
  readonly from: string;
  readonly to: string;
  /** Exact version. */
  readonly version: string;
}

/**
 * CDK Terrain, the community's continuation of CDKTF: https://github.com/open-constructs/cdk-terrain
 *
 * The provider is one major version ahead of ours (azurerm 4.7x against 4.55.0): its prebuilt packages begin there.
 */
export const successors: readonly Successor[] = [
  { from: '@cdktf/provider-azurerm', to: '@cdktn/provider-azurerm', version: '16.1.0' },
  { from: 'cdktf', to: 'cdktn', version: '0.24.0' },
];

/** CDK Terrain does not take constructs 10.8 yet (peer dependency `>=10.6.0 <10.8.0`). */
export const constructsVersion = '10.7.2';

/** A module's text with each import of a package of the old engine turned to its successor. */
export function withSuccessors(source: string): string {
  return successors.reduce(
    (text, { from, to }) =>
      text.replaceAll(new RegExp(`(\\bfrom |\\bimport |\\brequire\\(|\\bimport\\()'${from}(?=['/])`, 'g'), `$1'${to}`),
    source,
  );
}

/** The name of a package as it stands after the move. */
export const successorOf = (name: string): Successor | undefined => successors.find(({ from }) => from === name);
