import { InvalidArgumentError } from 'commander';

/**
 * Parser of an option that counts something.
 * @throws InvalidArgumentError for anything but a whole number above zero
 */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError(`a whole number above zero, got: ${text}`);
  }
  return value;
}
