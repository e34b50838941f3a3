import type { Finding } from '../findings';
import { sides } from '../phases';
import type { Observed, Right, Setting } from './observe';
import { blocks, decision, handled, type SurveyRule } from './rule';

const rightNames: Readonly<Record<Right, string>> = {
  createRole: 'CREATEROLE',
  replication: 'REPLICATION (on RDS: rds_replication)',
  createSubscription: 'pg_create_subscription',
  createInDatabase: 'CREATE on the database',
  signal: 'pg_signal_backend',
  skipTriggers: 'SET on session_replication_role',
};

const neededParameters = [
  ['max_replication_slots', 'maxReplicationSlots'],
  ['max_wal_senders', 'maxWalSenders'],
  ['max_logical_replication_workers', 'maxLogicalReplicationWorkers'],
  ['max_worker_processes', 'maxWorkerProcesses'],
] as const;

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** Share of the source's size that the copy may take besides: indexes that split, log, quarantine. */
const copyFactor = 1.5;

/** Rules on servers, instances and clients. */
export const serverRules: readonly SurveyRule[] = [
  {
    id: 'encryption',
    find: ({ instances: { source, target } }) => [
      ...(target.encrypted
        ? []
        : [
            blocks(
              'encryption:target',
              `${target.identifier} is not encrypted.`,
              'Name the encrypted instance as the target.',
            ),
          ]),
      ...(source.encrypted
        ? [
            blocks(
              'encryption:source',
              `${source.identifier} is encrypted already.`,
              'Name the plain instance as the source.',
            ),
          ]
        : []),
    ],
  },
  {
    id: 'version',
    find: ({ source, target }) => {
      const [from, to] = [source, target].map(({ versionNumber }) => Math.floor(versionNumber / 10_000));
      if (source.versionNumber < 170_000 || target.versionNumber < 170_000) {
        return [
          blocks(
            'version',
            `Versions ${source.versionNumber} and ${target.versionNumber}: the tool is proven with 17.`,
            'Upgrade the older one to 17 first.',
          ),
        ];
      }
      if (from !== to) {
        return [
          blocks(
            'version',
            `Major versions differ: ${from} and ${to}. Going back could not be promised.`,
            'Bring both to the same major version.',
          ),
        ];
      }
      return source.versionNumber === target.versionNumber
        ? []
        : [
            decision(
              'version',
              `Minor versions differ: ${source.versionNumber} and ${target.versionNumber}.`,
              'Bring both to the same minor version, or accept.',
            ),
          ];
    },
  },
  {
    id: 'recovery',
    find: (input) =>
      sides
        .filter((side) => input[side].inRecovery)
        .map((side) => blocks(`recovery:${side}`, `The ${side} is a replica.`, 'Name its primary.')),
  },
  {
    id: 'encoding',
    find: ({ source, target }) =>
      source.encoding === target.encoding
        ? []
        : [
            blocks(
              'encoding',
              `Encodings differ: ${source.encoding} and ${target.encoding}.`,
              "Make the target's database anew with the source's encoding.",
            ),
          ],
  },
  {
    id: 'collation',
    find: ({ source, target }) => [
      ...(source.collation === target.collation
        ? []
        : [
            decision(
              'collation',
              `Collations differ: ${source.collation} and ${target.collation}; the order of text changes.`,
              "Make the target's database anew with the source's collation, or accept.",
            ),
          ]),
      ...sides.flatMap((side): Finding[] => {
        const [made, actual] = { source, target }[side].collationVersions;
        return made === actual
          ? []
          : [
              decision(
                `collation-version:${side}`,
                `The ${side}'s database was made with collation version ${made}, its library is ${actual}: indexes on text may be wrong.`,
                'REINDEX what sorts by text, then ALTER DATABASE … REFRESH COLLATION VERSION.',
              ),
            ];
      }),
    ],
  },
  {
    id: 'extensions',
    find: ({ source, target }) =>
      Object.entries(source.extensions).flatMap(([name, version]): Finding[] => {
        const there = target.extensions[name];
        if (there === version) return [];
        if (there === undefined) {
          return [
            blocks(
              `extensions:${name}`,
              `The target has no extension ${name} ${version}.`,
              `CREATE EXTENSION ${name} on the target.`,
            ),
          ];
        }
        return [
          decision(
            `extensions:${name}`,
            `Extension ${name} is ${version} on the source and ${there} on the target.`,
            `ALTER EXTENSION ${name} UPDATE on the older one, or accept.`,
          ),
        ];
      }),
  },
  {
    id: 'scheduled-jobs',
    find: ({ source }) =>
      source.extensions.pg_cron === undefined
        ? []
        : [
            decision(
              'scheduled-jobs',
              'pg_cron runs jobs inside the source: its jobs do not replicate, and fail there once it is fenced.',
              'Schedule the same jobs on the target, inactive until it is open, then accept.',
            ),
          ],
  },
  {
    id: 'rights',
    find: (input) =>
      sides.flatMap((side) => {
        const { rights, user, foreignOwners } = input[side];
        const missing = (Object.keys(rightNames) as Right[]).filter((right) => !rights[right]);
        return [
          ...missing.map((right) =>
            blocks(
              `rights:${side}:${right}`,
              `${user} on the ${side} lacks ${rightNames[right]}.`,
              'Grant it, or connect as the master user.',
            ),
          ),
          ...foreignOwners.map((owner) =>
            blocks(
              `rights:${side}:owner:${owner}`,
              `${user} on the ${side} may not act for ${owner}, who owns tables.`,
              `GRANT ${owner} TO ${user} on the ${side}.`,
            ),
          ),
        ];
      }),
  },
  {
    id: 'roles',
    find: ({ source, target }) => {
      const there = new Map(target.roles.map((role) => [role.name, role]));
      const findings = source.roles.flatMap((role): Finding[] => {
        const same = there.get(role.name);
        if (!same)
          return [
            blocks(
              `roles:${role.name}`,
              `The target has no role ${role.name}.`,
              `CREATE ROLE ${role.name} there, with the same password.`,
            ),
          ];
        const missing = role.memberOf.filter((group) => !same.memberOf.includes(group));
        if (same.login === role.login && missing.length === 0) return [];
        return [
          decision(
            `roles:${role.name}`,
            `Role ${role.name} differs on the target: login ${same.login}, not in ${missing.join(', ') || 'none'}.`,
            'Make both the same, or accept.',
          ),
        ];
      });
      return [
        ...findings,
        decision(
          'roles:passwords',
          'Whether roles have the same passwords on both servers cannot be read.',
          'Log in to the target as each application does (its secret keeps user and password), then accept.',
        ),
      ];
    },
  },
  {
    id: 'parameters',
    find: (input) =>
      sides.flatMap((side) => {
        const { settings } = input[side];
        const low = neededParameters
          .filter(([name, wanted]) => Number(settings[name]?.value ?? 0) < input.parameters[wanted])
          .map(([name, wanted]) => `${name} ${settings[name]?.value ?? 'unset'} (needs ${input.parameters[wanted]})`);
        if (settings.wal_level?.value !== 'logical')
          low.unshift(`wal_level ${settings.wal_level?.value} (needs logical)`);
        if (low.length === 0) return [];
        return [
          decision(
            `parameters:${side}`,
            `The ${side} needs other parameters and a reboot: ${low.join(', ')}.`,
            `prepare attaches a parameter group of its own and reboots the ${side}: a minute or two without it. Accept for a window in which that is fine.`,
          ),
        ];
      }),
  },
  {
    id: 'slot-bound',
    find: (input) =>
      sides.flatMap((side): Finding[] => {
        const bound = Number(input[side].settings.max_slot_wal_keep_size?.value ?? -1);
        const wanted = input.parameters.maxSlotWalKeepSizeMb;
        return bound === -1 || (wanted !== -1 && bound >= wanted)
          ? []
          : [
              decision(
                `slot-bound:${side}`,
                `The ${side} gives a slot up that is ${bound} MiB behind: the run would have to begin again.`,
                'Raise max_slot_wal_keep_size, or accept.',
              ),
            ];
      }),
  },
  {
    id: 'statement-logging',
    find: (input) =>
      sides.flatMap((side) =>
        capturing(input[side].settings).map((text) =>
          blocks(
            `statement-logging:${side}:${text.split(' ')[0]}`,
            `The ${side} writes statements down (${text}): the password of a replication leg could end up in its log.`,
            'Set log_parameter_max_length to 0 (or turn that logging off) in the parameter group for the time of the run.',
          ),
        ),
      ),
  },
  {
    id: 'prepared-transactions',
    find: (input) =>
      sides.flatMap((side) =>
        input[side].preparedTransactions.map(({ gid, seconds }) =>
          blocks(
            `prepared-transactions:${side}:${gid}`,
            `Prepared transaction ${gid} on the ${side}, ${Math.round(seconds)} s old, would outlive the fence and hold up the slot.`,
            `COMMIT PREPARED or ROLLBACK PREPARED '${gid}'.`,
          ),
        ),
      ),
  },
  {
    id: 'long-transactions',
    find: (input) =>
      sides.flatMap((side) =>
        input[side].longTransactions.map(({ text, seconds }) =>
          blocks(
            `long-transactions:${side}:${text.split(' ')[1]}`,
            `On the ${side}, ${text}, has a transaction open for ${Math.round(seconds)} s: a slot waits for it, and so would the fence.`,
            'End it, and find out why it stays open.',
          ),
        ),
      ),
  },
  {
    id: 'free-storage',
    find: ({ instances, source, target }) => {
      const { freeBytes } = instances.target;
      const needed = source.databaseBytes * copyFactor - target.databaseBytes;
      if (freeBytes === undefined) {
        return [
          decision(
            'free-storage',
            'Free storage of the target is not known.',
            `See that ${gigabytes(Math.max(0, needed))} are free, then accept.`,
          ),
        ];
      }
      return freeBytes >= needed
        ? []
        : [
            blocks(
              'free-storage',
              `The target has ${gigabytes(freeBytes)} free and needs ${gigabytes(needed)}.`,
              'Raise its allocated storage (an online change).',
            ),
          ];
    },
  },
  {
    id: 'leftovers',
    find: (input) =>
      sides.flatMap((side) => {
        const { slots, publications, subscriptions, control } = input[side];
        // Names of a run that holds the servers are its own.
        const ours = control !== undefined;
        return [
          ...slots.map((name) => ['slot', name]),
          ...publications.map((name) => ['publication', name]),
          ...subscriptions.map((name) => ['subscription', name]),
        ].flatMap(([kind, name = '']): Finding[] => {
          if (!name.startsWith('consolidation_')) {
            return [
              decision(
                `leftovers:${side}:${name}`,
                `The ${side} has ${kind} ${name} of somebody else.`,
                'See that it minds neither a reset target nor a moved source, then accept.',
              ),
            ];
          }
          return ours
            ? []
            : [
                blocks(
                  `leftovers:${side}:${name}`,
                  `The ${side} has ${kind} ${name} of an earlier run.`,
                  `Drop ${kind} ${name}.`,
                ),
              ];
        });
      }),
  },
  {
    id: 'clients',
    find: ({ clients }) =>
      clients
        .filter(({ reachesTarget }) => reachesTarget !== 'yes')
        .map(({ client, reason, reachesTarget }) =>
          reachesTarget === 'no'
            ? blocks(
                `clients:${client}`,
                `${client} cannot reach the target: ${reason}.`,
                'Give it a way into the VPC, or move it; its writes would be refused from the fence on.',
              )
            : decision(
                `clients:${client}`,
                `${client} may not reach the target: ${reason}.`,
                'Look where it connects to. If it uses the source, give it a way to the target and see that it learns of the switch; then accept.',
              ),
        ),
  },
  {
    id: 'connections',
    find: ({ source, applicationRoles }) =>
      source.connections
        .filter(({ user }) => user !== source.user)
        .map(({ user, application, address, count }) =>
          applicationRoles.includes(user)
            ? handled(
                `connections:${user}@${address}`,
                `${count} session(s) of ${user} (${application}) from ${address}.`,
                'They are refused writes from the fence on, read the secret again, and are ended on the old server after the switch.',
              )
            : decision(
                `connections:${user}@${address}`,
                `${count} session(s) of ${user} (${application}) from ${address}, who is not known as a client.`,
                'Find out who that is and how it learns of a new address, then accept.',
              ),
        ),
  },
];

/** Settings of a server by which a parameter of a statement, or a statement inside a block, is written down. */
function capturing(settings: Observed['settings']): string[] {
  const stands = (name: string, harmless: (value: string) => boolean): string[] => {
    const setting: Setting | undefined = settings[name];
    return setting === undefined || setting.settable || harmless(setting.value) ? [] : [`${name} = ${setting.value}`];
  };
  const parameters = [
    ...stands('log_statement', (value) => value !== 'all'),
    ...stands('log_min_duration_statement', (value) => value === '-1'),
    ...stands('log_min_duration_sample', (value) => value === '-1'),
    ...stands('log_transaction_sample_rate', (value) => Number(value) === 0),
  ];
  const cut = settings.log_parameter_max_length;
  const audit = settings['pgaudit.log_parameter']?.value === 'on';
  return [
    ...(cut !== undefined && (cut.value === '0' || cut.settable) ? [] : parameters),
    ...stands('log_parameter_max_length_on_error', (value) => value === '0'),
    ...stands('auto_explain.log_min_duration', (value) => value === '-1'),
    // It writes down statements inside a block as well.
    ...stands('pgaudit.log', (value) => !audit && !/all|ddl|misc|function/i.test(value)),
    ...stands(
      'pg_stat_statements.track',
      (value) => value !== 'all' || settings['pg_stat_statements.track_utility']?.value === 'off',
    ),
  ];
}
