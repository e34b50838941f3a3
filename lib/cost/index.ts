export { analyseCost, analysisJson, type CostAnalysis, type NamedTree } from './analysis/analysis';
export { renderAnalysis } from './analysis/report';
export { compareCost } from './compare';
export { type Estimate, estimate } from './estimate';
export type { UsageAssumptions } from './usage';
