/** As `../tool-process.ts`, in a world with an embedded AWS. */
import { runToolProcess } from '../tool-main';
import { hasAws } from '../world-file';
import { embeddedWorld } from './world';

runToolProcess(async (file) => {
  if (!hasAws(file)) throw new Error('This world has no embedded AWS.');
  return (await embeddedWorld(file)).world;
});
