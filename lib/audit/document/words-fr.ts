import { frenchLabels } from './labels-fr';
import type { DocumentWords } from './words';

const many = (count: number, one: string, several: string): string => `${count} ${count < 2 ? one : several}`;

export const french: DocumentWords = {
  locale: 'fr-FR',
  title: 'AUDIT INFRASTRUCTURE AWS HUNTAZE',
  date: 'Date',
  account: 'Compte AWS',
  region: 'Région principale',
  comparedWith: (posture) => `Comparé à l'inventaire du 1er décembre 2025, posture \`${posture}\``,
  summary: 'RÉSUMÉ EXÉCUTIF',
  verdictOf: (changes) =>
    changes === 0
      ? "Le compte est conforme à l'inventaire."
      : `Le compte diffère de l'inventaire en ${many(changes, 'point', 'points')} : voir les changements ci-dessous.`,
  points: (counts) => [
    many(counts.clusters, 'cluster ECS', 'clusters ECS'),
    `${many(counts.databases, 'base PostgreSQL RDS', 'bases PostgreSQL RDS')}, dont ${many(counts.encryptedDatabases, 'chiffrée', 'chiffrées')}`,
    many(counts.cacheNodes, 'nœud Redis ElastiCache', 'nœuds Redis ElastiCache'),
    many(counts.buckets, 'bucket S3', 'buckets S3'),
    many(counts.functions, 'fonction Lambda', 'fonctions Lambda'),
    `${many(counts.queues, 'queue SQS', 'queues SQS')}, DLQ comprises`,
    many(counts.distributions, 'distribution CloudFront', 'distributions CloudFront'),
  ],
  noAiRead: 'Les services IA ne sont pas lus par cette commande',
  changes: "CHANGEMENTS DEPUIS L'INVENTAIRE",
  noChange: "Rien n'est apparu, n'a disparu ni n'a changé.",
  appeared: 'Apparu',
  appearedNote: "Ressources des sections 1 à 6 qu'aucune ligne de l'inventaire n'explique.",
  vanished: 'Disparu',
  changed: 'Modifié',
  resource: 'Ressource',
  kind: 'Tableau',
  property: 'Propriété',
  inventory: 'Inventaire',
  live: 'Compte',
  note: 'Note',
  sections: {
    clusters: '1. Clusters ECS',
    databases: '2. PostgreSQL RDS',
    cache: '2. Redis ElastiCache',
    buckets: '3. Buckets S3',
    functions: '4. Fonctions Lambda',
    queues: '5. Queues SQS',
    distribution: '6. CloudFront',
    services: 'Services ECS',
    tasks: 'Définitions de tâches ECS',
    repositories: 'Dépôts ECR',
    logGroups: 'Groupes de journaux',
    rules: 'Règles EventBridge',
    schedules: 'Planifications EventBridge',
    tables: 'Tables DynamoDB',
    secrets: 'Secrets (noms seulement)',
    securityGroups: 'Groupes de sécurité',
    flags: 'Feature flags AppConfig',
  },
  headings: {
    name: 'Nom',
    purpose: 'Rôle',
    status: 'Statut',
    endpoint: 'Endpoint',
    type: 'Type',
    runtime: 'Runtime',
    usage: 'Usage',
    queue: 'Queue',
    deadLetterQueue: 'DLQ',
    distributionId: 'Distribution ID',
    domain: 'Domaine',
    retention: 'Rétention',
    verdict: 'Verdict',
  },
  verdicts: {
    matched: 'conforme',
    mismatch: 'modifié',
    missing: 'disparu',
    unexpected: 'apparu',
    pending: 'en attente',
    'not modelled': 'non modélisé',
  },
  exempt: (count) => `${count} non comparé${count > 1 ? 's' : ''}`,
  exemptTitle: 'Non comparé',
  total: (rows) => `Total : ${rows}`,
  support: 'CE DONT ELLES ONT BESOIN POUR FONCTIONNER',
  ai: {
    title: '7. SERVICES IA',
    text: [
      "L'audit du 1er décembre 2025 n'a trouvé aucun service IA AWS : Google Gemini, OpenAI et Anthropic Claude sont appelés de l'extérieur.",
      "Cette commande ne lit que la configuration et n'a aucun appel qui pourrait voir un service IA : elle ne le confirme ni ne l'infirme.",
    ],
  },
  picture: {
    title: '8. ARCHITECTURE ACTUELLE',
    users: 'Utilisateurs',
    labels: (counts) => ({
      distribution: `CloudFront (${counts.distributions})`,
      clusters: `Clusters ECS Fargate (${counts.clusters})`,
      databases: `PostgreSQL RDS (${counts.databases})`,
      cache: `Redis ElastiCache (${counts.cacheNodes})`,
      buckets: `Buckets S3 (${counts.buckets})`,
      functions: `Fonctions Lambda (${counts.functions})`,
      queues: `Queues SQS (${counts.queues})`,
      ai: 'Services IA externes (non lus)',
    }),
  },
  advice: {
    title: "9. RECOMMANDATIONS DE L'AUDIT ET OÙ ELLES EN SONT",
    ai: '**IA externe** → Azure OpenAI : invisible depuis AWS ; `npx cdktf plan` montre le côté Azure.',
    databases: ({ databases, encryptedDatabases }) =>
      databases > 1
        ? `**Double PostgreSQL** → à faire : ${databases} instances existent, dont ${many(encryptedDatabases, 'chiffrée', 'chiffrées')}.`
        : databases === 1 && encryptedDatabases === 1
          ? '**Double PostgreSQL** → fait : une seule instance existe, chiffrée.'
          : `**Double PostgreSQL** → à vérifier : ${many(databases, 'instance existe', 'instances existent')}, dont ${many(encryptedDatabases, 'chiffrée', 'chiffrées')}.`,
    runtimesDone: (runtime) => `**Lambda runtime** → fait : toutes les fonctions tournent sur ${runtime}.`,
    runtimesLeft: (runtime, functions) => `**Lambda runtime** → pas encore sur ${runtime} : ${functions.join(', ')}.`,
    cost: '**Coûts** → `npx estate cost` les analyse ; cette commande ne lit aucune utilisation.',
  },
  azure: {
    title: '10. STRATÉGIE HYBRIDE AWS + AZURE',
    text: "Rien d'Azure n'est lu ici. `npx cdktf plan` compare le côté Azure avec son compte.",
  },
  labels: frenchLabels,
};
