/** A question as a server understood it, whatever protocol it came in. */
export interface Question {
  readonly model: string;
  readonly system: string;
  readonly turns: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[];
  readonly maxTokens: number | undefined;
  readonly temperature: number | undefined;
  readonly json: boolean;
  readonly stream: boolean;
}

export interface ModelAnswer {
  readonly text: string;
  readonly finish: 'stop' | 'length' | 'content-filter';
}

/** What stands in for the model. */
export type Model = (question: Question) => ModelAnswer;

/** Says what it was asked, so that an answer shows whose it is. */
export const echo: Model = ({ turns }) => ({ text: `You said: ${turns.at(-1)?.content ?? ''}`, finish: 'stop' });

/**
 * Pieces of a text that count as one token each: parts of words of up to six letters, numbers of up to three digits, and
 * single other signs. No provider's own tokeniser, but like one in that no length in characters gives its count.
 */
export const tokensOf = (text: string): number => text.match(/\p{L}{1,6}|\p{N}{1,3}|[^\s\p{L}\p{N}]/gu)?.length ?? 0;

/** Tokens that a question costs beside its text, for each of its messages. */
const tokensPerMessage = 3;

export const questionTokens = ({ system, turns }: Question): number =>
  [...(system ? [system] : []), ...turns.map(({ content }) => content)].reduce(
    (sum, content) => sum + tokensPerMessage + tokensOf(content),
    0,
  );

/** Words of an answer as a stream sends them. */
export const piecesOf = (text: string): string[] => text.match(/\s*\S+(?:\s+\S+){0,2}|\s+$/g) ?? [];

/** What one answer cost, as whoever bills it has it. */
export interface LedgerEntry {
  readonly question: Question;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** The answer left as a whole. */
  readonly whole: boolean;
}
