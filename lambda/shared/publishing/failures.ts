import type * as z from 'zod/mini';
import { errorName } from '../error-name';

/** Errors whose message is written here, and holds nothing that a log or a post may not. */
export abstract class PublishingError extends Error {}

/** The request did not leave: the platform cannot have acted on it. */
export class NotSent extends PublishingError {
  override readonly name = 'NotSent';
}

/** The request left and no whole answer came back: the platform may have acted on it, or may still do so. */
export class AnswerLost extends PublishingError {
  override readonly name = 'AnswerLost';
}

/** The platform answered that it did not do what was asked. */
export class Refused extends PublishingError {
  override readonly name = 'Refused';

  constructor(
    message: string,
    /** The platform's own word for it, such as `190` or `invalid_grant`. */
    readonly code: string,
  ) {
    super(message);
  }
}

/** The platform asks to come back later; it did not do what was asked. */
export class RateLimited extends PublishingError {
  override readonly name = 'RateLimited';

  constructor(
    message: string,
    readonly seconds: number,
  ) {
    super(message);
  }
}

/** Whether the platform acted cannot be found out, so that nothing but a person may try again. */
export class OutcomeUnknown extends PublishingError {
  override readonly name = 'OutcomeUnknown';
}

/**
 * What logs and posts say of an error: its message where it is one of ours, else its name, since messages of libraries
 * can quote tokens and addresses; of a malformed item or message the places that are wrong.
 */
export function describe(error: unknown): string {
  if (isMalformed(error)) {
    return `${error.name}: wrong at ${error.issues.map(({ path }) => path.join('.') || 'the whole value').join(', ')}`;
  }
  const ours = error instanceof PublishingError || (error instanceof Error && error.constructor === Error);
  return ours ? `${error.name}: ${error.message}` : errorName(error);
}

/** By its form: naming the class would bundle all of zod, messages in forty languages among it. */
function isMalformed(error: unknown): error is z.core.$ZodError {
  return error instanceof Error && 'issues' in error && Array.isArray(error.issues);
}
