import type { Tree } from '../../review/model';
import { withGenerated } from '../generated';
import { folderTree, trackedFolders } from './folders';
import { azurePicture, functionPictures, stacksPicture } from './pictures';

/** Relative to the project. */
export const architectureDocument = 'docs/architecture.md';

/** The document with every picture made anew from a tree that holds both clouds, and from the folders as they are. */
export const withPictures = (document: string, tree: Tree, projectRoot: string): string =>
  withGenerated(document, {
    folders: folderTree(trackedFolders(projectRoot)),
    stacks: stacksPicture(tree),
    functions: functionPictures(tree),
    azure: azurePicture(tree),
  });
