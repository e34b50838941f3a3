import { canonical } from '../compare/canonical';
import { unknownValue } from './leaves';

/** Whether a change from one value to another is dangerous; undefined stands for no value, an unknown one for any. */
export type Judgement = (before: unknown, after: unknown) => boolean;

const onTexts = new Set(['true', 'active', 'enabled', 'on', 'enable']);
const offTexts = new Set(['false', 'inactive', 'disabled', 'off', 'disable', 'none', 'suspended', '']);

const isOn = (value: unknown): boolean => onTexts.has(String(value).toLowerCase());
const isOff = (value: unknown): boolean => value !== undefined && offTexts.has(String(value).toLowerCase());

/** On, or perhaps on, and afterwards no longer surely on. */
export const switchedOff =
  (absent: 'on' | 'off' = 'off'): Judgement =>
  (before, after) => {
    const state = (value: unknown) =>
      value === undefined ? absent : value === unknownValue ? 'unknown' : isOn(value) ? 'on' : 'off';
    return state(before) !== 'off' && state(after) !== 'on';
  };

/** Off, or perhaps off, and afterwards no longer surely off. */
export const switchedOn =
  (absent: 'on' | 'off' = 'off'): Judgement =>
  (before, after) => {
    const state = (value: unknown) =>
      value === undefined ? absent : value === unknownValue ? 'unknown' : isOn(value) ? 'on' : 'off';
    return state(before) !== 'on' && state(after) !== 'off';
  };

/** What a service does where a template names no number. */
export const forever = Number.POSITIVE_INFINITY;

/** A number that gets smaller, or may. @param absent what no value means; left out where no table says */
export const shortened =
  (absent?: number): Judgement =>
  (before, after) => {
    const number = (value: unknown) =>
      value === undefined ? (absent ?? Number.NaN) : value === unknownValue ? Number.NaN : Number(value);
    const [was, is] = [number(before), number(after)];
    return Number.isNaN(was) || Number.isNaN(is) || is < was;
  };

export const changed: Judgement = (before, after) =>
  before === unknownValue || after === unknownValue || canonical(before) !== canonical(after);

/** There was one, and now there is none or another one; giving one where none was is no harm. */
export const lostOrChanged: Judgement = (before, after) => before !== undefined && changed(before, after);

export const lost: Judgement = (before, after) => before !== undefined && after === undefined;

/** Strongest last. */
const algorithms = ['none', 'aes256', 'aws:kms', 'aws:kms:dsse'];

/**
 * Encryption that is on and gets weaker, or hangs on another key. Turning it on is no harm, and neither is naming a key
 * where the service used one of its own.
 */
export const encryptionWeakened: Judgement = (before, after) => {
  const [was, is] = [algorithms.indexOf(String(before).toLowerCase()), algorithms.indexOf(String(after).toLowerCase())];
  if (was >= 0 && is >= 0) return is < was;
  if (before === undefined) return isOff(after);
  if (isOff(before)) return false;
  return changed(before, after) && !(isOn(before) && isOn(after));
};

/**
 * A major version: the first number, and the second too for engines that count so. A version that goes back, or that only
 * the deployment knows, is as bad.
 */
export const majorVersion: Judgement = (before, after) => {
  if (before === unknownValue || after === unknownValue) return true;
  if (before === undefined || after === undefined) return true;
  const [was, is] = [numbersOf(before), numbersOf(after)];
  if (was.length === 0 || is.length === 0) return canonical(before) !== canonical(after);
  const [major, second = 0] = was;
  const [newMajor, newSecond = 0] = is;
  // PostgreSQL since 12 and Redis since 7 count majors by the first number; what is older, MySQL and MariaDB by two.
  const byTwo = (major ?? 0) < 7 || ((major ?? 0) >= 8 && (major ?? 0) <= 11);
  return major !== newMajor || (byTwo && second !== newSecond) || newSecond < second;
};

const numbersOf = (version: unknown): readonly number[] => (String(version).match(/\d+/g) ?? []).map(Number);
