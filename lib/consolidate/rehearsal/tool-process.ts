/**
 * Runs one command of the engine as a process of its own: `tool-process.ts <world file> <command as JSON>`.
 */
import { runToolProcess } from './tool-main';
import { rehearsalWorld } from './world-file';

runToolProcess((file) => rehearsalWorld(file));
