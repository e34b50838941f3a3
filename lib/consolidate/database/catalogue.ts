import { qualified } from './quoting';
import type { Session } from './sessions';

/** Schemas of the tool itself; neither replicated nor compared. */
export const controlSchema = 'consolidation';
export const quarantineSchema = 'consolidation_quarantine';

const userSchemas = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and n.nspname not in ('${controlSchema}', '${quarantineSchema}')`;
const notOfExtension = (classId: string, oid: string) =>
  `not exists (select from pg_depend d where d.classid = '${classId}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly generated: boolean;
  readonly identity: boolean;
  /** Whether rows with it can be told apart: false for json, xml, point… */
  readonly comparable: boolean;
}

export interface Table {
  readonly schema: string;
  readonly name: string;
  /** Quoted, with its schema: what goes into a statement. */
  readonly sql: string;
  /** `schema.name`, for people and as key. */
  readonly label: string;
  readonly owner: string;
  readonly kind: 'table' | 'partitioned';
  readonly unlogged: boolean;
  readonly rowSecurity: 'off' | 'on' | 'forced';
  /** `default`, `nothing`, `full` or `index`. */
  readonly replicaIdentity: string;
  readonly columns: readonly Column[];
  /** Columns that tell one row from another: primary key, or the unique index that serves in its place. */
  readonly key: readonly string[];
  /** Index of {@link key} when it is no primary key. */
  readonly keyIndex?: string;
  readonly estimatedRows: number;
}

/** Ordinary and partitioned tables of the users, those of extensions left out, in one order everywhere. */
export async function readTables(session: Session): Promise<Table[]> {
  const rows = await session.query<{
    schema: string;
    name: string;
    owner: string;
    kind: string;
    persistence: string;
    rls: boolean;
    force: boolean;
    ident: string;
    rows: number;
    columns: Column[];
    keys: { columns: string[]; index: string; primary: boolean; identity: boolean }[] | null;
  }>(`
    select n.nspname::text as schema, c.relname::text as name, pg_get_userbyid(c.relowner)::text as owner,
      c.relkind::text as kind, c.relpersistence::text as persistence, c.relrowsecurity as rls,
      c.relforcerowsecurity as force, c.relreplident::text as ident, greatest(c.reltuples, 0)::float8 as rows,
      (select coalesce(json_agg(json_build_object(
          'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
          'generated', a.attgenerated <> '', 'identity', a.attidentity <> '',
          'comparable', exists (
            select from pg_type t left join pg_type base on base.oid = nullif(t.typbasetype, 0)
            where t.oid = a.atttypid and (
              t.typtype in ('e', 'r', 'm') or t.typcategory = 'A' or t.typtype = 'c' or exists (
                select from pg_opclass o join pg_am m on m.oid = o.opcmethod
                where m.amname in ('btree', 'hash') and o.opcdefault and (
                  o.opcintype in (t.oid, base.oid)
                  or exists (select from pg_cast k where k.castsource = t.oid and k.casttarget = o.opcintype
                    and k.castmethod = 'b'))))))
        order by a.attname), '[]')
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select json_agg(json_build_object('index', x.relname, 'primary', i.indisprimary, 'identity', i.indisreplident,
          'columns', (select json_agg(a.attname order by k.position)
            from unnest(i.indkey::int2[]) with ordinality as k(attnum, position)
            join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum))
        order by i.indisprimary desc, i.indisreplident desc, i.indnatts, x.relname)
        from pg_index i join pg_class x on x.oid = i.indexrelid
        where i.indrelid = c.oid and i.indisunique and i.indimmediate and i.indisvalid and i.indpred is null
          and i.indexprs is null and i.indnkeyatts = i.indnatts
          and not exists (select from unnest(i.indkey::int2[]) as k(attnum)
            join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where not a.attnotnull)) as keys
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and c.relpersistence in ('p', 'u') and ${userSchemas}
      and ${notOfExtension('pg_class', 'c.oid')}
    order by 1, 2`);
  return rows.map((row) => {
    const key = row.keys?.[0];
    return {
      schema: row.schema,
      name: row.name,
      sql: qualified(row.schema, row.name),
      label: `${row.schema}.${row.name}`,
      owner: row.owner,
      kind: row.kind === 'p' ? 'partitioned' : 'table',
      unlogged: row.persistence === 'u',
      rowSecurity: row.force && row.rls ? 'forced' : row.rls ? 'on' : 'off',
      replicaIdentity: { d: 'default', n: 'nothing', f: 'full', i: 'index' }[row.ident] ?? row.ident,
      columns: row.columns,
      key: key?.columns ?? [],
      ...(key && !key.primary && { keyIndex: key.index }),
      estimatedRows: row.rows,
    };
  });
}

/** Tables that are copied and followed: partitions stand for their partitioned table. */
export const replicated = (tables: readonly Table[]): Table[] =>
  tables.filter(({ kind, unlogged }) => kind === 'table' && !unlogged);

export interface Sequence {
  readonly sql: string;
  readonly label: string;
  /** Undefined until it was used. */
  readonly lastValue?: bigint;
  readonly increment: bigint;
  readonly min: bigint;
  readonly max: bigint;
  readonly cycle: boolean;
}

export async function readSequences(session: Session): Promise<Sequence[]> {
  const rows = await session.query<
    Record<'schema' | 'name' | 'increment' | 'min' | 'max', string> & {
      last: string | null;
      cycle: boolean;
    }
  >(`
    select n.nspname::text as schema, c.relname::text as name, pg_sequence_last_value(c.oid)::text as last,
      s.seqincrement::text as increment, s.seqmin::text as min, s.seqmax::text as max, s.seqcycle as cycle
    from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
    where ${userSchemas} and c.relpersistence <> 't' and ${notOfExtension('pg_class', 'c.oid')}
    order by 1, 2`);
  return rows.map(({ schema, name, last, increment, min, max, cycle }) => ({
    sql: qualified(schema, name),
    label: `${schema}.${name}`,
    ...(last !== null && { lastValue: BigInt(last) }),
    increment: BigInt(increment),
    min: BigInt(min),
    max: BigInt(max),
    cycle,
  }));
}

/** One thing of the schema as text; equal on both servers when the schema is the same. */
export interface SchemaObject {
  /** `table app.orders`, `index app.orders_pkey`… */
  readonly object: string;
  readonly definition: string;
}

/** Fence triggers, which come and go, are no part of the schema. */
export const fencePrefix = '00_consolidation_';

/**
 * Columns, defaults, constraints, indexes, triggers, rules, policies, views, functions, types, grants, comments and
 * sequences' parameters, by the servers' own words for them.
 */
export async function readSchema(session: Session): Promise<SchemaObject[]> {
  return session.query<{ object: string; definition: string }>(schemaQuery);
}

const relationName = `format('%s.%s', n.nspname, c.relname)`;
const relations = `pg_class c join pg_namespace n on n.oid = c.relnamespace`;
const ours = `${userSchemas} and c.relpersistence <> 't' and ${notOfExtension('pg_class', 'c.oid')}`;
/** Privileges sorted, so that the order in which they were granted does not count; the tool's own roles left out. */
const grants = (acl: string) =>
  `(select coalesce(string_agg(format('%s=%s', case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee) end,
     x.privilege_type || case when x.is_grantable then '*' else '' end), ' ' order by
     case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee) end, x.privilege_type), '')
   from aclexplode(${acl}) x where x.grantee = 0 or pg_get_userbyid(x.grantee) not like 'consolidation\\_%')`;

const schemaQuery = `
select format('schema %s', n.nspname) as object,
  format('owner %s grants %s', pg_get_userbyid(n.nspowner), ${grants("coalesce(n.nspacl, acldefault('n', n.nspowner))")}) as definition
from pg_namespace n where ${userSchemas}
union all
select format('%s %s', case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
    when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table' else 'relation' end, ${relationName}),
  format('owner %s kind %s persistence %s security %s%s bound %s grants %s options %s comment %s', pg_get_userbyid(c.relowner),
    c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, pg_get_expr(c.relpartbound, c.oid),
    ${grants("coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::\"char\", c.relowner))")},
    c.reloptions, obj_description(c.oid, 'pg_class'))
from ${relations} where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and ${ours}
union all
select format('column %s.%s', ${relationName}, a.attname),
  format('%s null %s default %s generated %s identity %s collation %s grants %s comment %s', format_type(a.atttypid, a.atttypmod),
    not a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attgenerated, a.attidentity,
    (select collname from pg_collation where oid = a.attcollation), ${grants('a.attacl')}, col_description(c.oid, a.attnum))
from ${relations} join pg_attribute a on a.attrelid = c.oid
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped and ${ours}
union all
select format('constraint %s on %s', k.conname, ${relationName}),
  format('%s valid %s comment %s', pg_get_constraintdef(k.oid), k.convalidated, obj_description(k.oid, 'pg_constraint'))
from ${relations} join pg_constraint k on k.conrelid = c.oid where k.contype not in ('t', 'n') and ${ours}
union all
select format('index %s on %s', x.relname, ${relationName}),
  format('%s valid %s comment %s', pg_get_indexdef(i.indexrelid), i.indisvalid, obj_description(i.indexrelid, 'pg_class'))
from ${relations} join pg_index i on i.indrelid = c.oid join pg_class x on x.oid = i.indexrelid where c.relkind in ('r', 'p', 'm') and ${ours}
union all
select format('trigger %s on %s', t.tgname, ${relationName}), format('%s enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
from ${relations} join pg_trigger t on t.tgrelid = c.oid
where not t.tgisinternal and t.tgname not like '${fencePrefix.replaceAll('_', '\\_')}%' and ${ours}
union all
select format('rule %s on %s', r.rulename, ${relationName}), pg_get_ruledef(r.oid)
from ${relations} join pg_rewrite r on r.ev_class = c.oid where ${ours}
union all
select format('policy %s on %s', p.polname, ${relationName}),
  format('%s %s %s %s %s', p.polcmd, p.polpermissive, (select string_agg(case when o = 0 then 'public' else pg_get_userbyid(o) end, ',' order by 1) from unnest(p.polroles) o),
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
from ${relations} join pg_policy p on p.polrelid = c.oid where ${ours}
union all
select format('sequence parameters %s', ${relationName}),
  format('%s start %s min %s max %s by %s cycle %s cache %s owned by %s', format_type(s.seqtypid, null), s.seqstart, s.seqmin, s.seqmax,
    s.seqincrement, s.seqcycle, s.seqcache, (select format('%s.%s', d.refobjid::regclass, a.attname) from pg_depend d
      join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i') limit 1))
from ${relations} join pg_sequence s on s.seqrelid = c.oid where ${ours}
union all
select format('function %s.%s(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
  format('owner %s grants %s comment %s body %s', pg_get_userbyid(p.proowner), ${grants("coalesce(p.proacl, acldefault('f', p.proowner))")},
    obj_description(p.oid, 'pg_proc'), case when p.prokind = 'a' then 'aggregate' else md5(pg_get_functiondef(p.oid)) end)
from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${userSchemas} and ${notOfExtension('pg_proc', 'p.oid')}
union all
select format('type %s.%s', n.nspname, t.typname),
  format('%s owner %s labels %s base %s checks %s comment %s', t.typtype, pg_get_userbyid(t.typowner),
    (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
    case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end,
    (select string_agg(pg_get_constraintdef(k.oid), ' ' order by k.conname) from pg_constraint k where k.contypid = t.oid),
    obj_description(t.oid, 'pg_type'))
from pg_type t join pg_namespace n on n.oid = t.typnamespace
where t.typtype in ('e', 'd', 'r') and ${userSchemas} and ${notOfExtension('pg_type', 't.oid')}
order by 1`;

export interface SchemaDifference {
  readonly object: string;
  readonly source?: string;
  readonly target?: string;
}

/** What is not the same on both servers. */
export function compareSchemas(source: readonly SchemaObject[], target: readonly SchemaObject[]): SchemaDifference[] {
  const [left, right] = [source, target].map(
    (objects) => new Map(objects.map(({ object, definition }) => [object, definition])),
  ) as [Map<string, string>, Map<string, string>];
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .filter((object) => left.get(object) !== right.get(object))
    .map((object) => ({ object, source: left.get(object), target: right.get(object) }));
}
