import { CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Acknowledgement } from './acknowledgements';

/** A resource with the two names by which an acknowledgement finds it. */
export interface Place {
  readonly resource: CfnResource;
  readonly stack: string;
  readonly logicalId: string;
}

/** Every resource of an app, in all its stages. */
export const placesOf = (app: IConstruct): readonly Place[] =>
  app.node
    .findAll()
    .filter(CfnResource.isCfnResource)
    .map((resource) => ({
      resource,
      stack: Stack.of(resource).stackName,
      logicalId: String(Stack.of(resource).resolve(resource.logicalId)),
    }));

/** Tells whether a resource is one of those that the row names. */
export function matcherOf({
  stack,
  resources,
}: Pick<Acknowledgement, 'stack' | 'resources'>): (place: Place) => boolean {
  // Compiled once: a row is held against every resource of the estate.
  const stackPattern = wildcard(stack);
  const patterns = resources.map(wildcard);
  return (place) => stackPattern.test(place.stack) && patterns.some((pattern) => pattern.test(place.logicalId));
}

/** Records the acknowledgements on the resources that they name; the validation report then shows them with their reason. */
export function recordAcknowledgements(app: IConstruct, rows: readonly Acknowledgement[]): void {
  const places = placesOf(app);
  for (const row of rows) {
    for (const { resource } of places.filter(matcherOf(row))) {
      Validations.of(resource).acknowledge({ id: row.finding, reason: reasonOf(row) });
    }
  }
}

const wildcard = (text: string): RegExp =>
  new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

const reasonOf = ({ reason, remedy }: Acknowledgement): string =>
  remedy === undefined ? reason : `${reason} Remedy: ${remedy}`;
