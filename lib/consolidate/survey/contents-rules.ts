import { compareSchemas, replicated } from '../database/catalogue';
import type { Finding } from '../findings';
import { blocks, decision, handled, type SurveyInput, type SurveyRule } from './rule';

const list = (names: readonly string[], most = 8): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

const each = (make: (input: SurveyInput) => Finding | undefined | false) => (input: SurveyInput) => {
  const finding = make(input);
  return finding ? [finding] : [];
};

/** Rules on what is in the databases. */
export const contentsRules: readonly SurveyRule[] = [
  {
    id: 'no-key',
    find: ({ source, target }) =>
      replicated(source.tables).flatMap((table): Finding[] => {
        const id = `no-key:${table.label}`;
        const primary = table.key.length > 0 && table.keyIndex === undefined;
        if (primary && ['default', 'full', 'index'].includes(table.replicaIdentity)) return [];
        if (table.keyIndex !== undefined) {
          return [
            handled(
              id,
              `${table.label} has no primary key; unique index ${table.keyIndex} tells its rows apart.`,
              'prepare makes it the replica identity on both servers (a short lock on the table).',
            ),
          ];
        }
        const opaque = table.columns.filter(({ comparable }) => !comparable).map(({ name, type }) => `${name} ${type}`);
        if (!primary && opaque.length > 0) {
          return [
            blocks(
              id,
              `${table.label} has no key, and ${list(opaque)} cannot be compared: an update would stop the replication for good.`,
              `Add a primary key to ${table.label} on both servers, or change the column's type (json to jsonb).`,
            ),
          ];
        }
        const same = target.tables.find(({ label }) => label === table.label);
        return [
          handled(
            id,
            `${table.label} has no key: each changed row is searched by all its columns${same ? '' : ' (missing on the target)'}.`,
            'prepare sets REPLICA IDENTITY FULL on both servers; without it updates would fail on the source itself. ' +
              'The table is compared as a whole inside the outage when it changed.',
          ),
        ];
      }),
  },
  {
    id: 'unlogged',
    find: ({ source }) =>
      source.tables
        .filter(({ unlogged }) => unlogged)
        .map(({ label }) =>
          decision(
            `unlogged:${label}`,
            `${label} is unlogged: its rows do not replicate, and are empty on the target.`,
            'Accept that it starts empty, or make it LOGGED on both servers.',
          ),
        ),
  },
  {
    id: 'large-objects',
    find: each(
      ({ source }) =>
        source.largeObjects > 0 &&
        blocks(
          'large-objects',
          `The source holds ${source.largeObjects} large objects, which do not replicate.`,
          'Move them into bytea columns or to S3, or take the snapshot-copy strategy.',
        ),
    ),
  },
  {
    id: 'materialized-views',
    find: each(
      ({ source }) =>
        source.materializedViews.length > 0 &&
        handled(
          'materialized-views',
          `Materialized views do not replicate: ${list(source.materializedViews)}.`,
          'drain refreshes them on the target while writers wait.',
        ),
    ),
  },
  {
    id: 'foreign-tables',
    find: each(
      ({ source }) =>
        source.foreignTables.length > 0 &&
        decision(
          'foreign-tables',
          `Foreign tables are neither replicated nor compared: ${list(source.foreignTables)}.`,
          'See that their servers can be reached from the target, then accept.',
        ),
    ),
  },
  {
    id: 'generated-columns',
    find: each(({ source }) => {
      const generated = source.tables.filter(({ columns }) => columns.some((column) => column.generated));
      return (
        generated.length > 0 &&
        handled(
          'generated-columns',
          `Generated columns are computed anew on the target: ${list(generated.map(({ label }) => label))}.`,
          'The schemas are compared with their expressions, and the rows with the results.',
        )
      );
    }),
  },
  {
    id: 'identity-columns',
    find: each(({ source }) => {
      const identities = source.tables.filter(({ columns }) => columns.some((column) => column.identity));
      return (
        identities.length > 0 &&
        handled(
          'identity-columns',
          `Sequences behind identity columns do not replicate: ${list(identities.map(({ label }) => label))}.`,
          'drain moves every sequence beyond its last value.',
        )
      );
    }),
  },
  {
    id: 'partitions',
    find: each(({ source }) => {
      const parents = source.tables.filter(({ kind }) => kind === 'partitioned');
      return (
        parents.length > 0 &&
        handled(
          'partitions',
          `Partitioned tables replicate partition by partition: ${list(parents.map(({ label }) => label))}.`,
          'The fence closes the partitioned table and its partitions. Make no new partition during the run.',
        )
      );
    }),
  },
  {
    id: 'row-security',
    find: ({ source, target }) =>
      source.tables.flatMap((table): Finding[] => {
        const there = target.tables.find(({ label }) => label === table.label)?.rowSecurity ?? table.rowSecurity;
        if (table.rowSecurity === 'off' && there === 'off') return [];
        const id = `row-security:${table.label}`;
        if (table.rowSecurity === 'forced' || there === 'forced') {
          return [
            blocks(
              id,
              `${table.label} forces row security on its owner, which stops the apply.`,
              `ALTER TABLE ${table.label} NO FORCE ROW LEVEL SECURITY on both servers for the time of the run.`,
            ),
          ];
        }
        const may = [source, target].every(({ roles, user }) => roles.find(({ name }) => name === user)?.bypassRls);
        return may
          ? [
              handled(
                id,
                `${table.label} has row security.`,
                "The leg's role and the comparison see every row (BYPASSRLS).",
              ),
            ]
          : [
              blocks(
                id,
                `${table.label} has row security, and ${source.user} may not give the leg's role BYPASSRLS: rows would be missing without a word.`,
                `Give ${source.user} BYPASSRLS, or disable row security on ${table.label} for the time of the run.`,
              ),
            ];
      }),
  },
  {
    id: 'always-triggers',
    find: ({ target }) =>
      target.alwaysTriggers.map((trigger) =>
        decision(
          `always-triggers:${trigger.split(' (')[0]}`,
          `Trigger ${trigger} on the target fires for replicated rows: what it writes would be there twice.`,
          'ALTER TABLE … ENABLE TRIGGER (not ALWAYS or REPLICA) on the target, or accept when it writes nothing.',
        ),
      ),
  },
  {
    id: 'event-triggers',
    find: each(
      ({ target }) =>
        target.eventTriggers.filter((name) => name !== 'consolidation_ddl').length > 0 &&
        decision(
          'event-triggers',
          `Event triggers on the target see the tool's own statements: ${list(target.eventTriggers)}.`,
          'See that they refuse nothing, then accept.',
        ),
    ),
  },
  {
    id: 'schema',
    find: ({ source, target }) =>
      compareSchemas(source.schema, target.schema)
        // What the tool itself sets before it copies.
        .filter(({ object }) => !object.startsWith('schema consolidation'))
        .map(({ object, source: here, target: there }): Finding => {
          const id = `schema:${object}`;
          if (here === undefined) {
            return decision(
              id,
              `Only the target has ${object}. It stays as it is, and is not replicated.`,
              'Accept when it is not needed, or make it on the source.',
            );
          }
          const structural = /^(table|partitioned table|column|constraint|type|sequence|schema|index) /.test(object);
          const message =
            there === undefined
              ? `The target has no ${object}.`
              : `${object} differs: ${here} on the source, ${there} on the target.`;
          return structural
            ? blocks(
                id,
                message,
                'Apply the same migration to the target (fenced or not, by the owner), then survey again.',
              )
            : decision(id, message, 'Make both the same, or accept that the target keeps its own.');
        }),
  },
  {
    id: 'target-references',
    find: ({ source, target }) => {
      const shared = new Set(source.tables.map(({ label }) => label));
      return target.foreignKeys
        .filter(({ from, to }) => !shared.has(from) && shared.has(to))
        .map(({ from, to }) =>
          blocks(
            `target-references:${from}`,
            `${from}, which only the target has, references ${to}: it cannot be emptied.`,
            `Drop the foreign key of ${from}, or the table.`,
          ),
        );
    },
  },
];
