import { canonical, listOf, type Value } from '../compare/canonical';
import { asObject } from '../json';

/** One way in which a bucket deletes by itself. */
interface Expiry {
  /** Current objects and older versions are told apart, and so are days from a date. */
  readonly of: 'current objects' | 'noncurrent versions' | 'objects from a date on';
  readonly selection: Selection;
  /** When: days after an object is made or becomes noncurrent, or milliseconds since 1970 for a date. */
  readonly after: number;
  /** Noncurrent versions that stay whatever their age. */
  readonly kept: number;
}

/** Objects that a rule is for; every part narrows it. */
interface Selection {
  readonly prefix: string;
  /** Canonical texts of tags. */
  readonly tags: readonly string[];
  /** Bytes; only larger objects. */
  readonly above: number;
  /** Bytes; only smaller objects. */
  readonly below: number;
}

/** What is no number counts as the soonest, or the least. */
const numberOr = (value: Value, absent: number): number =>
  value === undefined ? absent : Number.isNaN(Number(value)) ? 0 : Number(value);

const selectionOf = (rule: Readonly<Record<string, Value>>): Selection => ({
  prefix: typeof rule.Prefix === 'string' ? rule.Prefix : '',
  tags: listOf(rule.TagFilters).map((tag) => canonical(tag)),
  above: numberOr(rule.ObjectSizeGreaterThan, 0),
  below: rule.ObjectSizeLessThan === undefined ? Number.POSITIVE_INFINITY : Number(rule.ObjectSizeLessThan),
});

/** Every expiry of a `LifecycleConfiguration` whose rule is switched on. */
function expiriesOf(configuration: Value): readonly Expiry[] {
  return listOf(asObject(configuration).Rules)
    .map(asObject)
    .filter(({ Status }) => String(Status).toLowerCase() === 'enabled')
    .flatMap((rule): readonly Expiry[] => {
      const selection = selectionOf(rule);
      const noncurrent = asObject(rule.NoncurrentVersionExpiration);
      const noncurrentDays = noncurrent.NoncurrentDays ?? rule.NoncurrentVersionExpirationInDays;
      const date = rule.ExpirationDate === undefined ? undefined : Date.parse(String(rule.ExpirationDate));
      return [
        ...(rule.ExpirationInDays === undefined
          ? []
          : [{ of: 'current objects', selection, after: numberOr(rule.ExpirationInDays, 0), kept: 0 } as const]),
        ...(noncurrentDays === undefined
          ? []
          : [
              {
                of: 'noncurrent versions',
                selection,
                after: numberOr(noncurrentDays, 0),
                kept: numberOr(noncurrent.NewerNoncurrentVersions, 0),
              } as const,
            ]),
        ...(date === undefined
          ? []
          : [{ of: 'objects from a date on', selection, after: Number.isNaN(date) ? 0 : date, kept: 0 } as const]),
      ];
    });
}

/** Whether all that the narrower one selects, the wider one selects too. */
const includes = (wider: Selection, narrower: Selection): boolean =>
  narrower.prefix.startsWith(wider.prefix) &&
  wider.tags.every((tag) => narrower.tags.includes(tag)) &&
  narrower.above >= wider.above &&
  narrower.below <= wider.below;

const deletesAlready = (before: Expiry, after: Expiry): boolean =>
  before.of === after.of &&
  before.after <= after.after &&
  before.kept <= after.kept &&
  includes(before.selection, after.selection);

/**
 * Whether a bucket deletes something that it keeps today: an expiry that no single rule of before covers. One that is
 * narrowed, put off, or keeps more versions is covered.
 */
export function expiresSooner(before: Value, after: Value): boolean {
  const present = expiriesOf(before);
  return expiriesOf(after).some((expiry) => !present.some((known) => deletesAlready(known, expiry)));
}
