/** A relation as the stream describes it before its first change. */
interface Relation {
  readonly label: string;
  readonly columns: readonly string[];
}

type Values = readonly (string | null | undefined)[];

/** What one message of the stream says of rows; everything else in it is left out. */
export type Change =
  /** Position of the commit record of the transaction that follows. */
  | { readonly kind: 'begin'; readonly commitLsn: bigint }
  | {
      readonly kind: 'row';
      readonly action: 'insert' | 'update' | 'delete';
      readonly table: string;
      readonly rows: readonly Row[];
    }
  | { readonly kind: 'truncate'; readonly tables: readonly string[] };

/** Column values as text; `undefined` where the stream does not carry them (an unchanged large value). */
export type Row = Readonly<Record<string, string | null | undefined>>;

/**
 * Reads messages of the pgoutput plugin, protocol version 1.
 *
 * @see https://www.postgresql.org/docs/17/protocol-logicalrep-message-formats.html
 */
export class ChangeReader {
  private readonly relations = new Map<number, Relation>();

  /** @throws Error for a message that breaks the protocol. */
  read(message: Buffer): Change | undefined {
    const input = new Cursor(message);
    const type = input.character();
    if (type === 'R') {
      this.readRelation(input);
      return undefined;
    }
    if (type === 'T') {
      const count = input.int32();
      input.int8();
      return { kind: 'truncate', tables: Array.from({ length: count }, () => this.relation(input.int32()).label) };
    }
    if (type === 'B') return { kind: 'begin', commitLsn: input.int64() };
    const action = actions[type];
    if (action === undefined) return undefined;
    const relation = this.relation(input.int32());
    const rows: Row[] = [];
    while (!input.atEnd) {
      // K: old key, O: old row, N: new row.
      input.character();
      rows.push(asRow(relation, input.tuple()));
    }
    return { kind: 'row', action, table: relation.label, rows };
  }

  private readRelation(input: Cursor): void {
    const id = input.int32();
    const schema = input.text();
    const name = input.text();
    input.int8();
    const columns = Array.from({ length: input.int16() }, () => {
      input.int8();
      const column = input.text();
      input.int32();
      input.int32();
      return column;
    });
    this.relations.set(id, { label: `${schema}.${name}`, columns });
  }

  private relation(id: number): Relation {
    const relation = this.relations.get(id);
    if (!relation) throw new Error(`The stream names a relation that it did not describe, got: ${id}.`);
    return relation;
  }
}

const actions: Readonly<Record<string, 'insert' | 'update' | 'delete'>> = { I: 'insert', U: 'update', D: 'delete' };

const asRow = ({ columns }: Relation, values: Values): Row =>
  Object.fromEntries(columns.map((column, index) => [column, values[index]]));

/** `16/B374D848` as a number. */
export function parseLsn(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

class Cursor {
  private offset = 0;

  constructor(private readonly buffer: Buffer) {}

  get atEnd(): boolean {
    return this.offset >= this.buffer.length;
  }

  int8(): number {
    return this.buffer.readUInt8(this.advance(1));
  }

  int16(): number {
    return this.buffer.readUInt16BE(this.advance(2));
  }

  int32(): number {
    return this.buffer.readUInt32BE(this.advance(4));
  }

  int64(): bigint {
    return this.buffer.readBigUInt64BE(this.advance(8));
  }

  character(): string {
    return String.fromCharCode(this.int8());
  }

  /** Up to the next zero byte. */
  text(): string {
    const start = this.offset;
    const end = this.buffer.indexOf(0, start);
    this.offset = end + 1;
    return this.buffer.toString('utf8', start, end);
  }

  tuple(): Values {
    return Array.from({ length: this.int16() }, () => {
      const kind = this.character();
      if (kind === 'n') return null;
      if (kind === 'u') return undefined;
      const length = this.int32();
      const start = this.advance(length);
      return this.buffer.toString('utf8', start, start + length);
    });
  }

  private advance(bytes: number): number {
    const start = this.offset;
    this.offset += bytes;
    return start;
  }
}
