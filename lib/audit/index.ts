export { type AllowedCalls, auditCalls, joinCalls } from './allowed-calls';
export { type AuditOptions, type AuditReport, auditAccount, isClean } from './audit';
export { type AuditClients, auditClients, type ClientOptions, guarded } from './clients';
export { renderDocument } from './document/document';
export { type Language, languages } from './document/words';
export { assertAccount } from './identity';
export type { Exemption } from './model';
export { renderAudit, summaryLine } from './report';
