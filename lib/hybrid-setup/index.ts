export { checkHybrid, isDeployable } from './check';
export { disableFederation, enableFederation, federation } from './federation';
export { renderCheck } from './report';
export { standingTunnels } from './tunnels';
