export { type AuditOptions, type AuditReport, auditAccount, isClean } from './audit';
export { type AuditClients, auditClients, type ClientOptions } from './clients';
export type { Exemption } from './model';
export { renderAudit, summaryLine } from './report';
