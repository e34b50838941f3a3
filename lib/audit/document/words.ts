import type { SectionId, Verdict } from '../model';
import type { HeadingId } from '../words';
import { english } from './words-en';
import { french } from './words-fr';

export const languages = ['en', 'fr'] as const;
export type Language = (typeof languages)[number];

/** What was counted in the account. */
export interface LiveCounts {
  readonly clusters: number;
  readonly databases: number;
  readonly encryptedDatabases: number;
  readonly cacheNodes: number;
  readonly buckets: number;
  readonly functions: number;
  readonly queues: number;
  readonly distributions: number;
}

/** Every word of the document, in one language. */
export interface DocumentWords {
  /** For dates: a BCP 47 tag. */
  readonly locale: string;
  readonly title: string;
  readonly date: string;
  readonly account: string;
  readonly region: string;
  readonly comparedWith: (posture: string) => string;
  readonly summary: string;
  readonly verdictOf: (changes: number) => string;
  readonly points: (counts: LiveCounts) => readonly string[];
  readonly noAiRead: string;
  readonly changes: string;
  readonly noChange: string;
  readonly appeared: string;
  readonly appearedNote: string;
  readonly vanished: string;
  readonly changed: string;
  readonly resource: string;
  readonly kind: string;
  readonly property: string;
  readonly inventory: string;
  readonly live: string;
  readonly note: string;
  readonly sections: Readonly<Record<SectionId, string>>;
  readonly headings: Readonly<Record<HeadingId, string>>;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly exempt: (count: number) => string;
  readonly exemptTitle: string;
  readonly total: (rows: number) => string;
  readonly support: string;
  readonly ai: { readonly title: string; readonly text: readonly string[] };
  readonly picture: {
    readonly title: string;
    readonly users: string;
    readonly labels: (counts: LiveCounts) => Readonly<Record<PictureNode, string>>;
  };
  readonly advice: {
    readonly title: string;
    readonly ai: string;
    readonly databases: (counts: LiveCounts) => string;
    readonly runtimesDone: (runtime: string) => string;
    readonly runtimesLeft: (runtime: string, functions: readonly string[]) => string;
    readonly cost: string;
  };
  readonly azure: { readonly title: string; readonly text: string };
  /** Words of the inventory in this language, by its own; a missing one stays as it is. */
  readonly labels: Readonly<Record<string, string>>;
}

export type PictureNode =
  | 'distribution'
  | 'clusters'
  | 'databases'
  | 'cache'
  | 'buckets'
  | 'functions'
  | 'queues'
  | 'ai';

export const wordsOf = (language: Language): DocumentWords => ({ en: english, fr: french })[language];
